package io.codis.testkit.history;

import io.codis.core.slot.SlotHash;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntUnaryOperator;

/**
 * Clients at work while a test does something to the cluster.
 *
 * <pre>{@code
 * try (HistoryChecker history = HistoryChecker.start(HistorySettings.of(proxies, seed), cluster::groupOfSlot)) {
 *     cluster.scale(4);
 *     history.finish().requireClean();
 * }
 * }</pre>
 */
public final class HistoryChecker implements AutoCloseable {

    private static final int LOOKS = 64;
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(10);

    private final HistorySettings settings;
    private final Ledger ledger = new Ledger();
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final List<Thread> clients = new ArrayList<>();

    private HistoryChecker(HistorySettings settings, IntUnaryOperator groupOfSlot) {
        this.settings = settings;
        List<Runnable> work = new ArrayList<>();
        for (int i = 0; i < settings.writers(); i++) {
            work.add(new Writer(i, settings, ledger, running::get));
        }
        for (int i = 0; i < settings.pulses(); i++) {
            int slot = i * SlotHash.SLOTS / settings.pulses();
            work.add(new Pulse(slot, settings, ledger, groupOfSlot, running::get));
        }
        for (int i = 0; i < settings.readers(); i++) {
            work.add(new Reader(i, settings, ledger, running::get));
        }
        work.forEach(client ->
                clients.add(Thread.ofPlatform().daemon().name("history").start(client)));
    }

    /** Starts the clients. {@code groupOfSlot} tells which group a slot belongs to at the time of the call. */
    public static HistoryChecker start(HistorySettings settings, IntUnaryOperator groupOfSlot) {
        return new HistoryChecker(settings, groupOfSlot);
    }

    /** What has been seen so far, the clients going on. */
    public HistoryReport soFar() {
        return ledger.report();
    }

    /**
     * Stops the clients, reads every key once more, values and times to live, and reports.
     *
     * @throws IllegalStateException when the endpoints cannot be read within a minute
     */
    public HistoryReport finish() {
        close();
        List<KeyHistory> keys = ledger.all();
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        int done = 0;
        while (done < keys.size()) {
            List<KeyHistory> chunk = keys.subList(done, Math.min(done + LOOKS, keys.size()));
            try {
                look(chunk);
                done += chunk.size();
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the keys cannot be read at the end: " + e.getMessage(), e);
                }
            }
        }
        return ledger.report();
    }

    /** Stops the clients. */
    @Override
    public void close() {
        running.set(false);
        try {
            for (Thread client : clients) {
                client.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Look(Value value, long pttl) {}

    /** All answers first, then the verdicts, so that a chunk may be read again. */
    private void look(List<KeyHistory> chunk) throws IOException {
        try (Session session = new Session(settings, ledger, (int) (System.nanoTime() % 1000))) {
            RespConnection connection = session.open();
            connection.timeout(LOOK_TIMEOUT);
            long askedAt = System.currentTimeMillis();
            for (KeyHistory key : chunk) {
                connection.send(key.kind().read(key.key()));
                connection.send("PTTL", key.key());
            }
            connection.flush();
            List<Look> looks = new ArrayList<>();
            for (KeyHistory key : chunk) {
                looks.add(new Look(
                        key.kind().parse(value(connection.read())),
                        value(connection.read()).number()));
            }
            long now = System.currentTimeMillis();
            for (int i = 0; i < chunk.size(); i++) {
                Look look = looks.get(i);
                ledger.note(chunk.get(i).seenAtEnd(look.value, look.pttl, askedAt, now));
            }
        }
    }

    private Reply value(Reply reply) throws IOException {
        if (reply instanceof Reply.Failure(String text)) {
            ledger.error("at the end: " + text);
            throw new IOException(text);
        }
        return reply;
    }
}
