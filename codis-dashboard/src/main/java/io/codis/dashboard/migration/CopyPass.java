package io.codis.dashboard.migration;

import io.codis.core.codis3.ProxyStats.WantedKey;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.Topology;
import io.codis.infra.redis.RedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the source that moves every key of a batch of slots: a scanner, a copier and a remover, each with a
 * connection of its own, joined by short queues. A key goes through them in this order, so it is never removed before it is
 * confirmed at its target.
 *
 * <p>All of the pass talks to one process of the source: a connection that breaks ends the pass, and the next one begins
 * again at cursor 0.
 */
final class CopyPass {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** About as long as a SCAN takes the source: most of a pass finds nothing when few slots move. */
    private static final Duration SCAN_REST = Duration.ofNanos(300_000);

    /** In times of what a MIGRATE has held the source up. */
    private static final int REST_WITH_CLIENTS = 2;

    /** What is asked for each removal costs the same for many keys, and beside clients few are copied at a time. */
    private static final Duration GATHERED_WITH_CLIENTS = Duration.ofMillis(50);

    private static final int REMOVED_TOGETHER = 1000;
    private static final int QUEUED = 4;
    private static final int TO_REMOVE = 64;
    private static final KeyBatch END = new KeyBatch(0, 0, List.of(), false);

    private final MoveTools tools;
    private final SlotBatch slots;
    private final MoveProgress progress;
    private final BlockingQueue<KeyBatch> toCopy = new ArrayBlockingQueue<>(QUEUED);
    private final BlockingQueue<KeyBatch> toRemove = new ArrayBlockingQueue<>(TO_REMOVE);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Pace pace;

    private long found;

    CopyPass(MoveTools tools, SlotBatch slots, MoveProgress progress) {
        this.tools = tools;
        this.slots = slots;
        this.progress = progress;
        this.pace = new Pace(tools.clients());
    }

    /**
     * @param measured the largest of these keys in bytes, -1 when that is not known
     * @return how many keys were found; 0 proves that the source holds nothing of these slots
     * @throws MoveFailure when a RESTORE may still arrive at a target
     * @throws CodisException when the pass did not end; it is to be done again
     */
    long run(long measured) throws InterruptedException {
        return go(measured, engine -> new KeyScan(engine, slots::has));
    }

    /** The same, and what it finds of slots that are to move next goes into {@code next}. */
    long run(long measured, KeyIndex next) throws InterruptedException {
        return next.wanted() == 0
                ? run(measured)
                : go(measured, engine -> next.filledBy(new KeyScan(engine, slot -> slots.has(slot) || next.has(slot))));
    }

    /** The same with keys that were found before; that nothing else is there is not proven. */
    void run(long measured, Keys known) throws InterruptedException {
        go(measured, _ -> known);
    }

    private long go(long measured, Function<RedisConnection, Keys> keys) throws InterruptedException {
        var copier = Thread.ofVirtual().name("copy-" + slots.source()).start(() -> guarded(this::copy));
        var remover = Thread.ofVirtual().name("remove-" + slots.source()).start(() -> guarded(this::remove));
        guarded(() -> find(measured, keys));
        // the copier's own deadline bounds this; its outcome decides whether the login must go
        copier.join();
        remover.join();
        rethrow();
        return found;
    }

    private void find(long measured, Function<RedisConnection, Keys> keys) throws InterruptedException {
        try (var engine = openSource()) {
            var witness = SourceWitness.of(engine.raw());
            var chunks = new KeyChunks(engine, slots, measured, this::enqueue, tools.conditions());
            keys.apply(engine.raw()).run((db, some, slotOf) -> {
                found += some.size();
                chunks.add(db, some, slotOf, pace);
                failIfStopped();
                if (tools.clients().getAsBoolean()) {
                    Thread.sleep(SCAN_REST);
                }
            });
            chunks.flush();
            witness.checkStill(engine.raw());
        }
        put(toCopy, END);
    }

    private void enqueue(KeyBatch batch) throws InterruptedException {
        put(toCopy, batch);
    }

    private void copy() throws InterruptedException {
        try (var engine = openSource()) {
            var migrate = new Migrate(engine, slots, pace);
            for (KeyBatch batch = nextToCopy(); batch != END; batch = nextToCopy()) {
                awaitLeave();
                long start = System.nanoTime();
                boolean occupied = migrate.copy(batch);
                long took = System.nanoTime() - start;
                tools.interruption().after("copied");
                put(toRemove, occupied || took > TimesToLive.LATE.toNanos() ? batch.copiedLate() : batch);
                rest(took);
            }
        }
        put(toRemove, END);
    }

    /** A key that clients wait for goes before what the scan has found. */
    private KeyBatch nextToCopy() throws InterruptedException {
        while (true) {
            KeyBatch batch = wanted();
            if (batch == null) {
                batch = toCopy.poll(100, TimeUnit.MILLISECONDS);
            }
            if (batch != null) {
                return batch;
            }
            failIfStopped();
        }
    }

    private @Nullable KeyBatch wanted() {
        for (WantedKey key : tools.settings().wanted()) {
            byte[] name = Base64.getDecoder().decode(key.key());
            int slot = SlotHash.slotOf(name);
            if (key.source() == slots.source()
                    && slots.has(slot)
                    && tools.settings().wanted().remove(key)) {
                return new KeyBatch(key.database(), slots.target(slot), List.of(name), true);
            }
        }
        return null;
    }

    private void remove() throws InterruptedException {
        try (var removal = new Removal(tools, slots, progress)) {
            var gathered = new LinkedHashMap<KeyBatch.Way, List<KeyBatch>>();
            boolean more = true;
            while (more) {
                more = gather(gathered);
                for (var batches : gathered.values()) {
                    removal.confirmAndRemove(batches);
                }
                gathered.clear();
            }
            removal.finish();
        }
    }

    /** What has been copied, by where it went; false when it is the last. */
    private boolean gather(Map<KeyBatch.Way, List<KeyBatch>> gathered) throws InterruptedException {
        KeyBatch batch = take(toRemove);
        long until = System.nanoTime() + (tools.clients().getAsBoolean() ? GATHERED_WITH_CLIENTS.toNanos() : 0);
        int keys = 0;
        while (batch != null && batch != END) {
            gathered.computeIfAbsent(batch.way(), _ -> new ArrayList<>()).add(batch);
            keys += batch.keys().size();
            long wait = keys < REMOVED_TOGETHER && !batch.alone() ? until - System.nanoTime() : 0;
            batch = toRemove.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
        }
        return batch != END;
    }

    /** Rest as people asked for, and when clients want the source too, most of its time is theirs. */
    private void rest(long tookNanos) throws InterruptedException {
        Duration rest = tools.settings().rest();
        if (tools.clients().getAsBoolean()) {
            rest = rest.plusNanos(REST_WITH_CLIENTS * tookNanos);
        }
        if (!rest.isZero()) {
            Thread.sleep(rest);
        }
    }

    /** Nothing is copied while people said stop, or while one of the groups changes its master. */
    private void awaitLeave() throws InterruptedException {
        while (tools.settings().disabled() || promoting()) {
            failIfStopped();
            Thread.sleep(50);
        }
        failIfStopped();
        if (tools.settings().broken().contains(slots.login().user())) {
            throw new MoveFailure("a proxy reports a broken MIGRATE");
        }
        if (tools.settings().turning().stream().anyMatch(slots::has)) {
            throw new CodisException(Reason.BUSY, "slots of this move are turned round");
        }
    }

    private boolean promoting() {
        Topology now = tools.state().topology();
        return now.group(slots.source()).promotion().locks()
                || slots.targetServers().keySet().stream()
                        .anyMatch(group -> now.group(group).promotion().locks());
    }

    private void failIfStopped() {
        if (!tools.state().leading()) {
            throw new CodisException(Reason.STALE_EPOCH, "this dashboard does not lead any more");
        }
        if (failure.get() != null) {
            throw new Stopped();
        }
    }

    private void put(BlockingQueue<KeyBatch> queue, KeyBatch batch) throws InterruptedException {
        while (!queue.offer(batch, 100, TimeUnit.MILLISECONDS)) {
            failIfStopped();
        }
    }

    private KeyBatch take(BlockingQueue<KeyBatch> queue) throws InterruptedException {
        while (true) {
            KeyBatch batch = queue.poll(100, TimeUnit.MILLISECONDS);
            if (batch != null) {
                return batch;
            }
            failIfStopped();
        }
    }

    private DbConnection openSource() {
        RedisConnection engine = tools.engines().open(slots.sourceServer(), TIMEOUT);
        return new DbConnection(engine);
    }

    private interface Part {
        void run() throws InterruptedException;
    }

    private void guarded(Part part) {
        try {
            part.run();
        } catch (Stopped e) {
            // another part has said why
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new CodisException(Reason.TIMED_OUT, "interrupted", e));
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** A failure that leaves a RESTORE under way counts more than what else went wrong. */
    private void fail(Throwable e) {
        failure.accumulateAndGet(e, (known, next) -> known == null || next instanceof MoveFailure ? next : known);
    }

    private void rethrow() {
        Throwable problem = failure.get();
        if (problem instanceof Error error) {
            throw error;
        }
        if (problem instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /** Ends a part because another one has failed. */
    private static final class Stopped extends RuntimeException {
        Stopped() {
            super(null, null, false, false);
        }
    }
}
