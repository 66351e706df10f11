package io.codis.proxy.session;

import io.codis.proxy.backend.Backends;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.engine.RequestScanner;
import io.codis.proxy.move.Movers;
import io.codis.proxy.plane.DataPlaneSettings;
import io.codis.proxy.route.Routes;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of one loop: its clients, servers, routes, pools and counters. Touched by that loop only. */
final class Worker {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int KEPT_REQUESTS = 16384;
    private static final int KEPT_SCANNERS = 64;
    private static final long WORTH_DROPPING = 1 << 20;
    /** Below a third of what makes a silent source look dead, failover_after (safety rule 6). */
    private static final Duration MIGRATE_TIMEOUT = Duration.ofMillis(650);

    private static final AtomicLong IDS = new AtomicLong();

    final Loop loop;
    final Backends backends;
    final Routes routes;
    final Movers movers;
    final @Nullable SafeWrites safeWrites;
    final Verbs verbs = new Verbs();
    final Dispatcher dispatcher;
    final Barrier barrier;
    final DataPlaneSettings settings;
    final Passwords passwords;
    final int pipeline;
    final long holdNanos;
    final long holdMillis;
    final boolean breakOnFailure;
    final Set<Session> sessions = new LinkedHashSet<>();
    final long memory;
    /** Bytes of requests that are not whole yet. */
    long collected;

    private boolean draining;
    long fails;
    long unknown;
    long errors;
    private final Verb none;
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private final ArrayDeque<RequestScanner> scanners = new ArrayDeque<>();
    private final AtomicLong alive;

    Worker(Loop loop, DataPlaneSettings settings, AtomicLong alive) {
        this.loop = loop;
        this.settings = settings;
        this.alive = alive;
        this.passwords = new Passwords(settings.sessionAuth());
        this.pipeline = Math.max(1, settings.clients().pipeline());
        this.memory = Runtime.getRuntime().maxMemory() / settings.loops();
        this.holdNanos = settings.hold().toNanos();
        this.holdMillis = settings.hold().toMillis();
        this.breakOnFailure = settings.clients().breakOnFailure();
        DataPlaneSettings.Backends b = settings.backends();
        var timing = new Backends.Settings(
                b.ping().toNanos(), b.receive().toNanos(), settings.databases(), Math.max(1, b.pipeline()), memory / 8);
        this.backends = new Backends(loop, timing, this::ready, this::quiet);
        this.routes = new Routes(loop, backends, memory / 8);
        this.movers = new Movers(loop, backends, MIGRATE_TIMEOUT);
        this.safeWrites = b.safeWrites() ? new SafeWrites(loop) : null;
        this.barrier = new Barrier(routes, movers, safeWrites);
        this.none = verbs.of(
                io.codis.core.command.CommandTable.known().all().iterator().next());
        this.dispatcher = new Dispatcher(this);
        loop.onTick(this::tick);
        loop.onTurn(barrier::look);
        loop.onTurn(this::guardMemory);
    }

    private void ready(io.codis.proxy.backend.Server server) {
        routes.ready(server);
    }

    private void quiet() {
        // A barrier looks at every turn; this one must not be slept through.
        loop.execute(() -> {});
    }

    void accept(SocketChannel socket) {
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(
                    StandardSocketOptions.SO_KEEPALIVE, settings.clients().keepalive());
            Session session = new Session(this, socket, IDS.incrementAndGet());
            sessions.add(session);
            if (draining) {
                session.drain();
            }
        } catch (IOException e) {
            alive.decrementAndGet();
            closeQuietly(socket);
        }
    }

    /** Clients leave when they have no request open. */
    void drain() {
        draining = true;
        for (Session session : sessions.toArray(new Session[0])) {
            session.drain();
        }
    }

    /** Clients leave after the replies to what has been read. */
    void lastReplies() {
        for (Session session : sessions.toArray(new Session[0])) {
            session.lastReplies();
        }
    }

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("event=close-failed why=\"{}\"", e.getMessage());
        }
    }

    void gone(Session session, String why) {
        if (sessions.remove(session)) {
            alive.decrementAndGet();
            LOG.debug("event=client-gone id={} why=\"{}\"", session.id, why);
        }
    }

    /** A reply that the proxy makes itself, in its place in the order. */
    void local(Session session, byte[] reply, boolean error) {
        if (error) {
            errors++;
        }
        if (session.isIdle()) {
            session.write(reply, 0, reply.length);
            return;
        }
        Request request = request();
        none.calls--;
        request.begin(session, none, null, 0);
        session.add(request);
        request.answer(reply);
    }

    Request request() {
        Request pooled = requests.pollLast();
        return pooled == null ? new Request(this, none) : pooled;
    }

    void recycle(Request request) {
        if (requests.size() < KEPT_REQUESTS) {
            requests.addLast(request);
        }
    }

    RequestScanner scanner() {
        RequestScanner pooled = scanners.pollLast();
        return pooled == null ? new RequestScanner() : pooled;
    }

    void give(RequestScanner scanner) {
        if (scanners.size() < KEPT_SCANNERS) {
            scanners.addLast(scanner);
        }
    }

    /** Three fifths of the heap may hold clients' bytes; requests grow by copying, so one needs room twice. */
    boolean hasRoomFor(long bytes) {
        return collected + loop.pool().inUse() + bytes <= memory / 5 * 3;
    }

    /** Replies come as fast as servers send them: this looks in every turn. */
    private void guardMemory() {
        if (loop.pool().inUse() + collected > memory / 2) {
            dropGreediest();
        }
    }

    private void dropGreediest() {
        Session greediest = null;
        long most = WORTH_DROPPING;
        for (Session session : sessions) {
            long owed = session.owed();
            if (owed > most) {
                greediest = session;
                most = owed;
            }
        }
        if (greediest != null) {
            LOG.warn(
                    "event=client-dropped client=\"{}\" owed={} reason=\"its bytes fill the memory\"", greediest, most);
            greediest.close("its bytes fill the memory");
        }
    }

    private void tick() {
        long idle = settings.clients().idle().toNanos();
        long send = settings.clients().send().toNanos();
        for (Session session : sessions.toArray(new Session[0])) {
            if (idle > 0 && session.idleFor() > idle) {
                session.close("idle");
            } else if (send > 0 && session.stalledFor() > send) {
                session.close("it takes no replies");
            }
        }
    }
}
