package io.codis.proxy.session;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.SlotRouting;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteConfirmation;
import io.codis.core.wire.RouteTable;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.plane.DataPlane;
import io.codis.proxy.plane.DataPlaneSettings;
import io.codis.proxy.plane.DataPlaneStats;
import io.codis.proxy.route.RouteMap;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data plane over {@code java.nio} event loops. */
public final class NioDataPlane implements DataPlane {

    private static final Logger LOG = LoggerFactory.getLogger(NioDataPlane.class);
    /** The end of a drain: clients that never pause between requests are not read from any more. */
    private static final Duration LAST_REPLIES = Duration.ofSeconds(1);

    private final DataPlaneSettings settings;
    private final List<Worker> workers;
    private final List<Thread> threads = new ArrayList<>();
    private final Listener listener;
    private final AtomicLong alive = new AtomicLong();
    private final ReentrantLock changing = new ReentrantLock();
    private final Meter meter;
    private volatile RouteMap map = RouteMap.empty();

    private NioDataPlane(DataPlaneSettings settings) throws IOException {
        this.settings = settings;
        this.workers = new ArrayList<>();
        for (int i = 0; i < settings.loops(); i++) {
            workers.add(new Worker(new Loop(i), settings, alive));
        }
        this.meter = new Meter(workers, alive);
        this.listener = new Listener(settings, List.copyOf(workers), alive, meter);
        for (Worker worker : workers) {
            threads.add(Thread.ofPlatform()
                    .name("proxy-loop-" + worker.loop.number())
                    .start(worker.loop));
        }
    }

    /** The same after a short warm-up: for a process whose clients will notice. */
    public static DataPlane openWarm(DataPlaneSettings settings) {
        WarmUp.run(Duration.ofMillis(250));
        return open(settings);
    }

    /** An {@link io.codis.proxy.plane.DataPlane.Opener}. */
    public static DataPlane open(DataPlaneSettings settings) {
        try {
            return new NioDataPlane(settings);
        } catch (BindException e) {
            throw new CodisException(
                    Reason.PORT_IN_USE, "cannot listen on " + settings.listen() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CodisException(Reason.INTERNAL, "cannot open the data plane: " + e.getMessage(), e);
        }
    }

    @Override
    public InetSocketAddress address() {
        return listener.address();
    }

    @Override
    public RouteConfirmation install(RouteTable table, Duration deadline) {
        RouteMap next = RouteMap.of(table);
        List<CompletableFuture<Void>> quiet;
        changing.lock();
        try {
            RouteTable old = map.table();
            if (old != null) {
                checkOrder(old, table);
            }
            if (!table.equals(old)) {
                map = next;
            }
            quiet = apply(next, next.locked(), !table.equals(old));
        } finally {
            changing.unlock();
        }
        await(quiet, next.locked(), deadline);
        return new RouteConfirmation(table.epoch(), table.version());
    }

    private static void checkOrder(RouteTable old, RouteTable table) {
        if (table.epoch() < old.epoch()) {
            throw new CodisException(
                    Reason.STALE_EPOCH, "route table of epoch " + table.epoch() + ", in force is " + old.epoch());
        }
        boolean same = table.epoch() == old.epoch() && table.version() == old.version();
        if ((table.epoch() == old.epoch() && table.version() < old.version()) || (same && !table.equals(old))) {
            throw new CodisException(
                    Reason.STALE_VERSION,
                    "route table " + table.epoch() + "." + table.version() + ", in force is " + old.epoch() + "."
                            + old.version() + (same ? " with other content" : ""));
        }
    }

    /** On every loop; each result is complete when nothing older remains there for the locked slots. */
    private List<CompletableFuture<Void>> apply(RouteMap next, BitSet locked, boolean changed) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Worker worker : workers) {
            CompletableFuture<Void> quiet = new CompletableFuture<>();
            all.add(quiet);
            worker.loop.execute(() -> worker.barrier.install(changed ? next : null, locked, quiet));
        }
        return all;
    }

    private void await(List<CompletableFuture<Void>> quiet, BitSet locked, Duration deadline) {
        try {
            CompletableFuture.allOf(quiet.toArray(new CompletableFuture<?>[0]))
                    .get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new CodisException(
                    Reason.TIMED_OUT, "after " + deadline.toMillis() + " ms still busy: " + busy(locked), e);
        } catch (ExecutionException e) {
            throw new CodisException(Reason.INTERNAL, "installing routes failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted while waiting for locked slots", e);
        } finally {
            quiet.forEach(one -> one.cancel(false));
        }
    }

    private String busy(BitSet locked) {
        List<String> busy = new ArrayList<>();
        for (Worker worker : workers) {
            busy.add(ask(worker, () -> worker.barrier.describe(locked)));
        }
        return String.join("; ", busy);
    }

    private static <T> T ask(Worker worker, java.util.function.Supplier<T> question) {
        try {
            return worker.loop.ask(question).get(2, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CodisException(Reason.INTERNAL, "loop " + worker.loop.number() + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        }
    }

    @Override
    public void fillSlots(List<SlotRouting> slots, Duration deadline) {
        @Nullable
        Credentials login = settings.productAuth().isEmpty() ? null : new Credentials("", settings.productAuth());
        long until = System.nanoTime() + deadline.toNanos();
        for (SlotRouting slot : slots) {
            checkSlot(slot);
            BitSet locked = new BitSet();
            List<CompletableFuture<Void>> quiet;
            changing.lock();
            try {
                if (map.table() != null) {
                    throw new CodisException(
                            Reason.STALE_VERSION, "routes come from a dashboard that pushes whole tables");
                }
                map = map.with(slot, login);
                if (slot.locked()) {
                    locked.set(slot.id());
                }
                quiet = apply(map, locked, true);
            } finally {
                changing.unlock();
            }
            await(quiet, locked, Duration.ofNanos(Math.max(1, until - System.nanoTime())));
        }
    }

    private static void checkSlot(SlotRouting slot) {
        if (slot.id() < 0 || slot.id() >= SlotHash.SLOTS) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "use of invalid slot id");
        }
        if (slot.forwardMethod() != 0 && slot.forwardMethod() != 1) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "use of invalid forwarder method");
        }
    }

    /** For tests: every connection to a server breaks, as when the network does. */
    void breakServers(String why) {
        for (Worker worker : workers) {
            ask(worker, () -> {
                worker.backends.all().forEach(server -> server.cut(why));
                return true;
            });
        }
    }

    @Override
    public List<SlotRouting> slots() {
        RouteMap now = map;
        List<SlotRouting> all = new ArrayList<>();
        for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
            all.add(now.routing(slot));
        }
        return all;
    }

    @Override
    public void goOnline() {
        try {
            listener.goOnline();
        } catch (IOException e) {
            throw new CodisException(
                    Reason.PORT_IN_USE, "cannot listen on " + settings.listen() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean online() {
        return listener.online();
    }

    @Override
    public DataPlaneStats stats(boolean withCommands) {
        RouteMap now = map;
        RouteTable table = now.table();
        return new DataPlaneStats(
                meter.ops(withCommands),
                meter.sessions(),
                meter.health(now),
                meter.brokenMoves(),
                meter.wantedKeys(),
                table == null ? null : new ProxyStats.RouteVersion(table.epoch(), table.version()),
                now.complete());
    }

    @Override
    public void resetStats() {
        meter.reset();
    }

    private void each(Consumer<Worker> order) {
        workers.forEach(worker -> worker.loop.execute(() -> order.accept(worker)));
    }

    private void awaitNobody(long until) throws InterruptedException {
        while (alive.get() > 0 && System.nanoTime() < until) {
            Thread.sleep(5);
        }
    }

    @Override
    public void close(Duration drain) {
        long until = System.nanoTime() + drain.toNanos();
        try {
            listener.close(() -> each(Worker::drain));
            awaitNobody(until - Math.min(LAST_REPLIES.toNanos(), drain.toNanos() / 2));
            each(Worker::lastReplies);
            awaitNobody(until);
            if (alive.get() > 0 && !drain.isZero()) {
                LOG.warn("event=drain-incomplete clients={} after_ms={}", alive.get(), drain.toMillis());
            }
            meter.close();
            workers.forEach(worker -> worker.loop.close());
            for (Thread thread : threads) {
                thread.join(Duration.ofSeconds(5));
            }
            listener.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            workers.forEach(worker -> worker.loop.close());
        }
    }
}
