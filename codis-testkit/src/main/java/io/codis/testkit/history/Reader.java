package io.codis.testkit.history;

import io.codis.testkit.history.KeyHistory.Asked;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Reads keys that others are writing, and such that rest. */
final class Reader implements Runnable {

    private static final int BATCH = 8;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private record Pending(KeyHistory key, Asked asked) {}

    private final int number;
    private final HistorySettings settings;
    private final Ledger ledger;
    private final BooleanSupplier running;
    private final Random random;

    Reader(int number, HistorySettings settings, Ledger ledger, BooleanSupplier running) {
        this.number = number;
        this.settings = settings;
        this.ledger = ledger;
        this.running = running;
        this.random = new Random(settings.seed() * 37 + number);
    }

    @Override
    public void run() {
        try (Session session = new Session(settings, ledger, number)) {
            while (running.getAsBoolean()) {
                batch(session);
                LockSupport.parkNanos(PAUSE);
            }
        }
    }

    private void batch(Session session) {
        List<Pending> batch = new ArrayList<>();
        int answered = 0;
        try {
            RespConnection connection = session.open();
            for (int i = 0; i < BATCH; i++) {
                KeyHistory key = ledger.any(random);
                batch.add(new Pending(key, key.asked(System.currentTimeMillis())));
                connection.send(key.kind().read(key.key()));
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
            batch.subList(answered, batch.size()).forEach(pending -> pending.key.unanswered());
        }
    }

    private void judge(Pending pending, Reply reply) {
        if (reply instanceof Reply.Failure(String text)) {
            ledger.error(text);
            pending.key.unanswered();
        } else {
            ledger.reads.increment();
            Value value = pending.key.kind().parse(reply);
            ledger.note(pending.key.seen(pending.asked, value, System.currentTimeMillis()));
        }
    }
}
