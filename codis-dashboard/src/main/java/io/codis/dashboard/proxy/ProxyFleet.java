package io.codis.dashboard.proxy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Admission;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyCommand;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.server.MasterSetup;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All registered proxies: a link each, admission when one confirms routes, eviction when a barrier cannot wait for one.
 *
 * <p>Admission goes joining (or evicted) -> routes confirmed -> stored as admitted -> that version confirmed -> login
 * switched on at the masters -> started. A barrier stored in between waits for the proxy, since its list is read after its
 * state is stored.
 */
public final class ProxyFleet implements Barrier, MasterSetup, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyFleet.class);

    private final ClusterState state;
    private final ProxyClient proxies;
    private final RouteTables tables;
    private final EngineUsers users;
    private final Duration barrierDeadline;
    private final Map<String, ProxyLink> links = new ConcurrentHashMap<>();
    /** By token, the generation whose login is on and whose proxy was started by this leader. */
    private final Map<String, Long> serving = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /** @param barrierDeadline how long a barrier waits for a proxy before it is evicted */
    public ProxyFleet(
            ClusterState state,
            ProxyClient proxies,
            EngineAccess engines,
            ClusterSecret secret,
            Duration barrierDeadline) {
        this.state = state;
        this.proxies = proxies;
        this.tables = new RouteTables(secret);
        this.users = new EngineUsers(state, engines, secret, this::hasConfirmedAdmission);
        this.barrierDeadline = barrierDeadline;
    }

    /** Begins to push routes. */
    public void start() {
        state.onChange(this::follow);
        follow(state.topology());
    }

    @Override
    public Topology pass(TopologyCommand locking, Collection<String> masters) {
        state.commit(locking);
        return pass(masters);
    }

    @Override
    public Topology pass(Collection<String> masters) {
        Topology stored = state.topology();
        long deadline = System.nanoTime() + barrierDeadline.toNanos();
        boolean evicted = false;
        for (ProxyEntry proxy : stored.admittedProxies()) {
            if (!awaitConfirmed(proxy, stored.version(), deadline)) {
                evicted |= storeEviction(proxy);
            }
        }
        // also when nobody was evicted now: an earlier eviction may not have reached these masters
        inParallel(masters, users::reconcile);
        if (evicted) {
            Thread.ofVirtual().start(this::reconcileAll);
        }
        return state.topology();
    }

    @Override
    public void prepare(int gid, String address) {
        users.reconcile(address);
    }

    /** Brings the engine's logins into line; see {@link EngineUsers#reconcile}. */
    public void reconcile(String server) {
        users.reconcile(server);
    }

    /** Whether the proxy has its login and was told to serve, under its present admission. */
    public boolean serving(ProxyEntry proxy) {
        return proxy.admission() instanceof Admission.Admitted admitted
                && Long.valueOf(admitted.generation()).equals(serving.get(proxy.token()));
    }

    /** Waits until the proxy serves; false when the time was up, or this fleet was closed. */
    public boolean awaitServing(String token, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        synchronized (serving) {
            while (!isServing(token)) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0 || closed) {
                    return false;
                }
                serving.wait(left);
            }
            return true;
        }
    }

    /** Has the proxy's routes pushed again, whatever it confirmed before. */
    public void pushAgain(String token) {
        serving.remove(token);
        ProxyLink link = links.get(token);
        if (link != null) {
            link.pushAgain();
        }
    }

    /** Waits until every admitted proxy has confirmed {@code version}; false when the time was up. Evicts nobody. */
    public boolean awaitConfirmed(long version, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        return state.topology().admittedProxies().stream().allMatch(proxy -> awaitConfirmed(proxy, version, end));
    }

    /** Why the last push to the proxy failed, null if it did not. */
    public @Nullable CodisException problem(String token) {
        ProxyLink link = links.get(token);
        return link == null ? null : link.problem().orElse(null);
    }

    /** Stores that no barrier waits for the proxy, and deletes its login wherever that can be done now. */
    public void evict(ProxyEntry proxy) {
        if (storeEviction(proxy)) {
            reconcileAll();
        }
    }

    /** Brings the logins at all masters and readable replicas into line, as far as they answer. */
    public void reconcileAll() {
        var servers = new TreeSet<String>();
        for (Group group : state.topology().groups().values()) {
            group.master()
                    .filter(ignored -> group.initialized())
                    .map(Member::address)
                    .ifPresent(servers::add);
            group.replicas().stream()
                    .filter(m -> m.replicaGroup() && !m.fenced())
                    .forEach(m -> servers.add(m.address()));
        }
        inParallel(servers, server -> {
            try {
                users.reconcile(server);
            } catch (CodisException e) {
                LOG.info("event=logins-not-reconciled server={} cause={}", server, e.getMessage());
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        links.values().forEach(ProxyLink::close);
        synchronized (serving) {
            serving.notifyAll();
        }
    }

    private boolean storeEviction(ProxyEntry proxy) {
        ProxyEntry present = state.topology().proxies().get(proxy.token());
        if (present == null || !present.admission().equals(proxy.admission())) {
            return false;
        }
        try {
            state.commit(new ProxyCommand.EvictProxy(proxy.token()));
        } catch (CodisException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                // another barrier has stored it meanwhile; its login must go all the same
                return true;
            }
            throw e;
        }
        CodisException problem = problem(proxy.token());
        LOG.warn(
                "event=proxy-evicted proxy={} cause={}",
                proxy.token(),
                problem == null ? "no confirmation" : problem.getMessage());
        return true;
    }

    private boolean isServing(String token) {
        ProxyEntry entry = state.topology().proxies().get(token);
        return entry != null && serving(entry);
    }

    private boolean hasConfirmedAdmission(ProxyEntry proxy) {
        ProxyLink link = links.get(proxy.token());
        return link != null
                && proxy.admission() instanceof Admission.Admitted admitted
                && link.confirmedVersion() >= admitted.generation();
    }

    private boolean awaitConfirmed(ProxyEntry proxy, long version, long deadline) {
        ProxyLink link = links.get(proxy.token());
        try {
            return link != null && link.awaitConfirmed(version, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted while waiting for proxies", e);
        }
    }

    private void follow(Topology topology) {
        if (closed) {
            return;
        }
        for (String token : topology.proxies().keySet()) {
            links.computeIfAbsent(token, this::newLink).changed();
        }
        links.entrySet().removeIf(entry -> {
            boolean gone = !topology.proxies().containsKey(entry.getKey());
            if (gone) {
                entry.getValue().close();
                serving.remove(entry.getKey());
            }
            return gone;
        });
    }

    private ProxyLink newLink(String token) {
        var link = new ProxyLink(token, state, proxies, tables, this::confirmed);
        link.start();
        return link;
    }

    /** On the link's own thread, so steps of one proxy's admission never overtake each other. */
    private void confirmed(ProxyEntry proxy) {
        switch (proxy.admission()) {
            case Admission.Joining ignored -> state.commit(new ProxyCommand.AdmitProxy(proxy.token()));
            case Admission.Evicted ignored -> state.commit(new ProxyCommand.AdmitProxy(proxy.token()));
            case Admission.Admitted admitted -> {
                if (!serving(proxy) && hasConfirmedAdmission(proxy)) {
                    reconcileAll();
                    proxies.start(proxy.model().adminAddr(), proxy.token());
                    synchronized (serving) {
                        serving.put(proxy.token(), admitted.generation());
                        serving.notifyAll();
                    }
                }
            }
        }
    }

    private static void inParallel(Collection<String> servers, Consumer<String> action) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            new TreeSet<>(servers).forEach(server -> running.add(threads.submit(() -> action.accept(server))));
            for (Future<?> each : running) {
                join(each);
            }
        }
    }

    private static void join(Future<?> running) {
        try {
            running.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        }
    }
}
