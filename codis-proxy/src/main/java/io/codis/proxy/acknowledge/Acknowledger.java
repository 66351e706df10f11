package io.codis.proxy.acknowledge;

import io.codis.core.problem.CodisException;
import io.codis.core.replication.ReplicationInfo;
import io.codis.core.replication.ReplicationInfo.Master;
import io.codis.proxy.acknowledge.Ask.Answer;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Server;
import io.codis.proxy.engine.Loop;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks one server whether all its candidates have what it did so far. WAIT makes the replicas answer at once but only
 * counts them; INFO names them. One question is under way at a time and covers everything that waited when it began.
 *
 * <p>The source of a move is also asked how many I/O errors of MIGRATE it has seen, anybody's (docs/safety.md, rule 4).
 */
public final class Acknowledger {

    private static final long AGAIN = 10_000_000L;
    private static final String WAIT_MILLIS = "200";
    private static final Pattern IO_ERRORS = Pattern.compile("errorstat_IOERR:count=(\\d+)");
    private static final BitSet NO_SLOTS = new BitSet();

    private final Loop loop;
    private final Server server;
    private final List<String> candidates;
    private final @Nullable LongPredicate witness;
    private final Backend connection;
    private List<Waiter> waiting = new ArrayList<>();
    private boolean asking;
    private boolean retired;

    private record Waiter(long deadline, Consumer<Boolean> then) {}

    /** @param witness told the server's count of I/O errors, says whether it is well with that; null to not ask for it */
    public Acknowledger(Loop loop, Server server, List<String> candidates, @Nullable LongPredicate witness) {
        this.witness = witness;
        this.loop = loop;
        this.server = server;
        this.candidates = candidates;
        this.connection = server.dedicated(0);
    }

    /**
     * What the server had executed before this call is acknowledged: {@code then} is told true; or false after the
     * deadline or when the server is another process than at the call.
     */
    public void ask(long deadline, Consumer<Boolean> then) {
        if (candidates.isEmpty() && witness == null) {
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
        Question question = new Question(waiting, server.runId());
        waiting = new ArrayList<>();
        question.ask(candidates.size());
    }

    private void later() {
        List<Waiter> late = new ArrayList<>();
        waiting.removeIf(waiter -> (retired || waiter.deadline - loop.now() <= 0) && late.add(waiter));
        late.forEach(waiter -> waiter.then.accept(false));
        if (!waiting.isEmpty()) {
            loop.after(AGAIN, this::start);
        }
    }

    public void retire() {
        retired = true;
        connection.retire();
        later();
    }

    /**
     * INFO says how far the server is, WAIT makes the replicas report, INFO says how far they are. In Valkey 8 WAIT
     * asks nobody on a connection that wrote nothing: a message to nobody is its write.
     */
    private final class Question {
        private final List<Waiter> covers;
        private final String runId;
        private @Nullable Master began;
        private boolean have;
        private boolean lost;
        private int attached;

        Question(List<Waiter> covers, String runId) {
            this.covers = covers;
            this.runId = runId;
        }

        void ask(int replicas) {
            if (candidates.isEmpty()) {
                have = true;
            } else {
                give(Words.of("INFO", "replication"), this::before);
                give(Words.of("PUBLISH", "codis:acknowledge", "-"), _ -> {});
                give(Words.of("WAIT", Integer.toString(replicas), WAIT_MILLIS), _ -> {});
                give(Words.of("INFO", "replication"), this::after);
            }
            if (witness != null) {
                give(Words.of("INFO", "errorstats"), this::errors);
            }
        }

        private void give(byte[] command, Consumer<Answer> then) {
            connection.give(new Ask(NO_SLOTS, false, then), command, 0, command.length);
        }

        private void before(Answer answer) {
            if (began == null) {
                began = master(answer);
            }
        }

        private void after(Answer answer) {
            Master first = began;
            if (first != null
                    && master(answer) instanceof Master now
                    && now.replid().equals(first.replid())) {
                have = now.acknowledgedBy(candidates, first.offset());
                attached = now.connected();
            } else {
                lost = true;
            }
            if (witness == null) {
                decide();
            }
        }

        /** Null when the server is no master, or cannot be understood. */
        private static @Nullable Master master(Answer answer) {
            try {
                return answer instanceof Answer.Said said && ReplicationInfo.parse(said.text()) instanceof Master master
                        ? master
                        : null;
            } catch (CodisException e) {
                return null;
            }
        }

        private void errors(Answer answer) {
            if (answer instanceof Answer.Said said && witness != null) {
                Matcher count = IO_ERRORS.matcher(said.text());
                lost |= !witness.test(count.find() ? Long.parseLong(count.group(1)) : 0);
            } else {
                lost = true;
            }
            decide();
        }

        private void decide() {
            if (lost || !server.runId().equals(runId)) {
                end(false);
            } else if (have) {
                end(true);
            } else if (covers.stream().allMatch(waiter -> waiter.deadline - loop.now() <= 0)) {
                end(false);
            } else {
                loop.after(AGAIN, () -> askAgain(Math.max(1, attached)));
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
