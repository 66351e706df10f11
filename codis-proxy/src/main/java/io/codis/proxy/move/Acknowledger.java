package io.codis.proxy.move;

import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Server;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.move.Ask.Answer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks one server whether all its candidates have what it did so far. WAIT makes the replicas answer at once but only
 * counts them; INFO names them. One question is under way at a time and covers everything that waited when it began.
 */
final class Acknowledger {

    private static final long AGAIN = 10_000_000L;
    private static final String WAIT_MILLIS = "200";
    private static final BitSet NO_SLOTS = new BitSet();

    private final Loop loop;
    private final Server server;
    private final List<String> candidates;
    private final Backend connection;
    private List<Waiter> waiting = new ArrayList<>();
    private boolean asking;
    private boolean retired;

    private record Waiter(long deadline, Consumer<Boolean> then) {}

    Acknowledger(Loop loop, Server server, List<String> candidates) {
        this.loop = loop;
        this.server = server;
        this.candidates = candidates;
        this.connection = server.dedicated(0);
    }

    /**
     * What the server had executed before this call is acknowledged: {@code then} is told true; or false after the
     * deadline or when the server is another process than at the call.
     */
    void ask(long deadline, Consumer<Boolean> then) {
        if (candidates.isEmpty()) {
            then.accept(true);
            return;
        }
        waiting.add(new Waiter(deadline, then));
        start();
    }

    private void start() {
        if (asking || waiting.isEmpty()) {
            return;
        }
        if (retired || !connection.isReady()) {
            later();
            return;
        }
        asking = true;
        new Question(waiting, server.runId()).ask(candidates.size());
        waiting = new ArrayList<>();
    }

    private void later() {
        List<Waiter> late = new ArrayList<>();
        waiting.removeIf(waiter -> (retired || waiter.deadline - loop.now() <= 0) && late.add(waiter));
        late.forEach(waiter -> waiter.then.accept(false));
        if (!waiting.isEmpty()) {
            loop.after(AGAIN, this::start);
        }
    }

    void retire() {
        retired = true;
        connection.retire();
        later();
    }

    /** INFO says how far the server is, WAIT makes the replicas report, INFO says how far they are. */
    private final class Question {
        private final List<Waiter> covers;
        private final String runId;
        private long position = Long.MIN_VALUE;

        Question(List<Waiter> covers, String runId) {
            this.covers = covers;
            this.runId = runId;
        }

        void ask(int replicas) {
            give(Words.of("INFO", "replication"), this::before);
            give(Words.of("WAIT", Integer.toString(replicas), WAIT_MILLIS), _ -> {});
            give(Words.of("INFO", "replication"), this::after);
        }

        private void give(byte[] command, Consumer<Answer> then) {
            connection.give(new Ask(NO_SLOTS, false, then), command, 0, command.length);
        }

        private void before(Answer answer) {
            if (position == Long.MIN_VALUE && answer instanceof Answer.Said said) {
                position = Replication.parse(said.text()).offset();
            }
        }

        private void after(Answer answer) {
            if (!(answer instanceof Answer.Said said) || !server.runId().equals(runId)) {
                end(false);
                return;
            }
            Replication now = Replication.parse(said.text());
            if (now.have(candidates, position)) {
                end(true);
            } else if (covers.stream().allMatch(waiter -> waiter.deadline - loop.now() <= 0)) {
                end(false);
            } else {
                loop.after(AGAIN, () -> askAgain(Math.max(1, now.replicas().size())));
            }
        }

        private void askAgain(int replicas) {
            if (retired || !connection.isReady()) {
                end(false);
            } else {
                ask(replicas);
            }
        }

        private void end(boolean acknowledged) {
            asking = false;
            covers.forEach(waiter -> waiter.then.accept(acknowledged));
            start();
        }
    }
}
