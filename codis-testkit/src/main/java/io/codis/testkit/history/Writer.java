package io.codis.testkit.history;

import io.codis.testkit.history.KeyHistory.Step;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Writes batches of requests to keys of its own, several of a batch to the same key now and then. */
final class Writer implements Runnable {

    private static final int KEYS = 200;
    /** A key is left alone so long before it expires, milliseconds: longer than a request may take. */
    private static final long REST_BEFORE = 6000;

    private static final long REST_AFTER = State.SLACK + 200;

    private record Pending(KeyHistory key, Step step) {}

    private final int number;
    private final HistorySettings settings;
    private final Ledger ledger;
    private final BooleanSupplier running;
    private final Random random;
    private final AtomicReferenceArray<KeyHistory> keys = new AtomicReferenceArray<>(KEYS);
    private long made;

    Writer(int number, HistorySettings settings, Ledger ledger, BooleanSupplier running) {
        this.number = number;
        this.settings = settings;
        this.ledger = ledger;
        this.running = running;
        this.random = new Random(settings.seed() * 31 + number);
        for (int i = 0; i < KEYS; i++) {
            keys.set(i, fresh());
        }
        ledger.adopt(keys);
    }

    @Override
    public void run() {
        long pause =
                TimeUnit.SECONDS.toNanos(1) * settings.pipeline() * settings.writers() / settings.writesPerSecond();
        long next = System.nanoTime();
        try (Session session = new Session(settings, ledger, number)) {
            while (running.getAsBoolean()) {
                batch(session);
                next = Math.max(next + pause, System.nanoTime() - pause);
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
    }

    private void batch(Session session) {
        List<Pending> batch = List.of();
        int answered = 0;
        try {
            RespConnection connection = session.open();
            batch = choose();
            for (Pending pending : batch) {
                connection.send(pending.step.op().words(pending.key.key()));
            }
            connection.flush();
            long deadline = System.nanoTime() + settings.timeout().toNanos();
            for (Pending pending : batch) {
                Reply reply = session.read(connection, deadline);
                answered++;
                judge(pending, reply);
            }
        } catch (IOException e) {
            if (!batch.isEmpty()) {
                session.ended(e);
            }
            for (Pending pending : batch.subList(answered, batch.size())) {
                ledger.unknown.increment();
                pending.key.unknown(pending.step);
            }
        }
        replaceClosed();
    }

    private void judge(Pending pending, Reply reply) {
        if (reply instanceof Reply.Failure(String text)) {
            if (saysUnknown(text)) {
                ledger.unknown.increment();
            } else {
                ledger.error(text);
            }
            pending.key.unknown(pending.step);
        } else {
            ledger.acknowledged.increment();
            ledger.note(pending.key.answered(pending.step, reply, System.currentTimeMillis()));
        }
    }

    /** The proxy's word for a write whose connection to the server was lost after sending. */
    static boolean saysUnknown(String error) {
        String lower = error.toLowerCase(Locale.ROOT);
        return lower.contains("outcome unknown") || lower.contains("outcomeunknown");
    }

    private List<Pending> choose() {
        List<Pending> batch = new ArrayList<>();
        Map<KeyHistory, Integer> uses = new HashMap<>();
        KeyHistory last = keys.get(0);
        for (int tries = 0; tries < 4 * settings.pipeline() && batch.size() < settings.pipeline(); tries++) {
            KeyHistory key = random.nextInt(5) == 0 ? last : keys.get(random.nextInt(KEYS));
            long now = System.currentTimeMillis();
            if (uses.getOrDefault(key, 0) < Subsets.MOST && !rests(key, now)) {
                uses.merge(key, 1, Integer::sum);
                Op op = key.kind().next(random, key.latest(), key.nextVersion(), now);
                batch.add(new Pending(key, key.sent(op, now)));
                last = key;
            }
        }
        return batch;
    }

    private static boolean rests(KeyHistory key, long now) {
        long expires = key.latest().expiresAt();
        return expires != 0 && now > expires - REST_BEFORE && now < expires + REST_AFTER;
    }

    private void replaceClosed() {
        for (int i = 0; i < KEYS; i++) {
            KeyHistory key = keys.get(i);
            boolean settled = key.nextVersion() > 1 && random.nextInt(20 * KEYS) == 0 && ledger.mayRetire();
            if (key.isClosed() || settled) {
                keys.set(i, fresh());
                ledger.retire(key);
            }
        }
    }

    private KeyHistory fresh() {
        KeyKind kind = KeyKind.values()[(int) (made % KeyKind.values().length)];
        String name = "history:" + settings.seed() + ":" + number + ":" + made++ + ":" + kind;
        return new KeyHistory(name.toLowerCase(Locale.ROOT), kind);
    }
}
