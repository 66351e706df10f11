package io.codis.testkit.history;

import io.codis.core.slot.SlotHash;
import io.codis.testkit.history.KeyHistory.Step;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;

/** Writes to one slot, one request at a time, every 25 ms, and measures how long it is without an answer. */
final class Pulse implements Runnable {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(25);

    private final int slot;
    private final HistorySettings settings;
    private final Ledger ledger;
    private final IntUnaryOperator groupOfSlot;
    private final BooleanSupplier running;
    private final AtomicReferenceArray<KeyHistory> key = new AtomicReferenceArray<>(1);
    private long made;
    private long lastAck = System.currentTimeMillis();
    private int lastGroup;
    private String lastEndpoint;
    private boolean moved;

    Pulse(int slot, HistorySettings settings, Ledger ledger, IntUnaryOperator groupOfSlot, BooleanSupplier running) {
        this.slot = slot;
        this.settings = settings;
        this.ledger = ledger;
        this.groupOfSlot = groupOfSlot;
        this.running = running;
        this.lastEndpoint = settings.endpoints().getFirst();
        this.lastGroup = groupOfSlot.applyAsInt(slot);
        key.set(0, fresh());
        ledger.adopt(key);
    }

    @Override
    public void run() {
        try (Session session = new Session(settings, ledger, slot)) {
            while (running.getAsBoolean()) {
                beat(session);
                LockSupport.parkNanos(PAUSE);
            }
            endGap(System.currentTimeMillis());
        }
    }

    private void beat(Session session) {
        KeyHistory current = key.get(0);
        Step step = null;
        try {
            RespConnection connection = session.open();
            Op op = new Op.Set(current.nextVersion() + "|pulse");
            step = current.sent(op, System.currentTimeMillis());
            connection.send(op.words(current.key()));
            connection.flush();
            Reply reply = session.read(
                    connection, System.nanoTime() + settings.timeout().toNanos());
            judge(current, step, reply, session.address());
        } catch (IOException e) {
            moved = true;
            if (step != null) {
                session.ended(e);
                ledger.unknown.increment();
                current.unknown(step);
            }
        }
        if (current.isClosed()) {
            key.set(0, fresh());
            ledger.retire(current);
        }
    }

    private void judge(KeyHistory current, Step step, Reply reply, String endpoint) {
        if (reply instanceof Reply.Failure(String text)) {
            if (Writer.saysUnknown(text)) {
                ledger.unknown.increment();
            } else {
                ledger.error(text);
            }
            current.unknown(step);
            return;
        }
        long now = System.currentTimeMillis();
        ledger.acknowledged.increment();
        ledger.note(current.answered(step, reply, now));
        endGap(now);
        lastAck = now;
        lastGroup = groupOfSlot.applyAsInt(slot);
        lastEndpoint = endpoint;
        moved = false;
    }

    private void endGap(long now) {
        ledger.note(new Gap(slot, lastGroup, lastAck, now - lastAck, lastEndpoint, moved));
    }

    private KeyHistory fresh() {
        while (true) {
            String name = "pulse:" + settings.seed() + ":" + made++;
            if (SlotHash.slotOf(name.getBytes(StandardCharsets.ISO_8859_1)) == slot) {
                return new KeyHistory(name, KeyKind.TEXT);
            }
        }
    }
}
