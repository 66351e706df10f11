package io.codis.dashboard.proxy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Admission;
import io.codis.core.topology.LeadCommand;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Topology;
import io.codis.core.wire.RouteTable;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one proxy's routes equal to the stored topology, on a thread of its own, and knows what it has confirmed to this
 * leader. A failed push is tried again with the then newest routes.
 */
final class ProxyLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyLink.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 100;

    /** So long without anybody listening, a proxy is not waited for: its process is gone or starts again. */
    private static final long GONE_NANOS = 500_000_000;

    private final String token;
    private final ClusterState state;
    private final ProxyClient proxies;
    private final RouteTables tables;
    private final Consumer<ProxyEntry> confirmed;
    private final Thread thread;

    private @Nullable RouteTable inForce;
    private @Nullable String inForceAt;
    private long confirmedVersion = -1;
    private @Nullable CodisException problem;
    /** Since when nobody listens at the proxy's address, 0 while somebody does. */
    private long goneSince;

    /** The proxy has other routes of this version: a name has got another address since. Of the link's thread only. */
    private boolean otherRoutes;

    private volatile boolean closed;

    /** @param confirmed called on this link's thread after each confirmation; may block */
    ProxyLink(
            String token, ClusterState state, ProxyClient proxies, RouteTables tables, Consumer<ProxyEntry> confirmed) {
        this.token = token;
        this.state = state;
        this.proxies = proxies;
        this.tables = tables;
        this.confirmed = confirmed;
        this.thread = Thread.ofVirtual().name("routes-" + token).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The highest version that the proxy has confirmed to this leader, -1 before the first. */
    synchronized long confirmedVersion() {
        return confirmedVersion;
    }

    /** Why the last push failed, if it did. */
    synchronized Optional<CodisException> problem() {
        return Optional.ofNullable(problem);
    }

    /** Forgets what was confirmed, such as when the proxy has lost its routes; they are pushed again at once. */
    synchronized void pushAgain() {
        inForce = null;
        confirmedVersion = -1;
        notifyAll();
    }

    /**
     * Waits until the proxy has confirmed {@code version} or a newer one; false when {@code deadline} came first, or when
     * nobody listens at its address.
     */
    synchronized boolean awaitConfirmed(long version, long deadlineNanos) throws InterruptedException {
        while (confirmedVersion < version && !closed) {
            long now = System.nanoTime();
            long left = (deadlineNanos - now) / 1_000_000;
            if (left <= 0 || goneSince != 0 && now - goneSince > GONE_NANOS) {
                return false;
            }
            wait(left);
        }
        return confirmedVersion >= version;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        synchronized (this) {
            notifyAll();
        }
    }

    private void run() {
        try {
            while (!closed && state.leading()) {
                Topology topology = state.topology();
                ProxyEntry entry = topology.proxies().get(token);
                if (entry == null) {
                    return;
                }
                step(topology, entry);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void step(Topology topology, ProxyEntry entry) throws InterruptedException {
        RouteTable table = tables.of(topology, entry);
        try {
            if (otherRoutes) {
                otherRoutes = false;
                state.commit(new LeadCommand.NewAddresses());
                return;
            }
            if (!isInForce(table, entry)) {
                proxies.route(entry.model().adminAddr(), token, table);
            }
            remember(table, entry);
            confirmed.accept(entry);
            if (state.topology().version() == topology.version()) {
                sleep(topology.version());
            }
        } catch (CodisException e) {
            failed(entry, e);
            otherRoutes = e.reason() == Reason.STALE_VERSION;
            Thread.sleep(RETRY_MILLIS);
        }
    }

    /** Until the topology changes or the routes are to be pushed again; names may have new addresses after a while. */
    private synchronized void sleep(long version) throws InterruptedException {
        if (inForce != null && state.topology().version() == version && !closed) {
            wait(IDLE.toMillis());
        }
    }

    /** The topology has changed. */
    synchronized void changed() {
        notifyAll();
    }

    private synchronized boolean isInForce(RouteTable table, ProxyEntry entry) {
        return inForce != null && entry.model().adminAddr().equals(inForceAt) && RouteTables.sameRoutes(inForce, table);
    }

    private synchronized void remember(RouteTable table, ProxyEntry entry) {
        inForce = table;
        inForceAt = entry.model().adminAddr();
        confirmedVersion = Math.max(confirmedVersion, table.version());
        problem = null;
        goneSince = 0;
        notifyAll();
    }

    private synchronized void failed(ProxyEntry entry, CodisException e) {
        if (problem == null && entry.admission() instanceof Admission.Admitted) {
            LOG.warn(
                    "event=route-push-failed proxy={} reason={} cause={}",
                    token,
                    e.reason().word(),
                    e.getMessage());
        }
        problem = e;
        if (e.reason() != Reason.UNAVAILABLE) {
            goneSince = 0;
        } else if (goneSince == 0) {
            goneSince = System.nanoTime();
        }
        notifyAll();
        // a push whose outcome is unknown may be in force or not
        inForce = null;
    }
}
