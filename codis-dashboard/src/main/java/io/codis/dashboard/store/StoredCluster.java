package io.codis.dashboard.store;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyCommand;
import io.codis.core.topology.TopologyDocument;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topology in the coordinator: one object, replaced by compare-and-set. Anybody else's change to it means that this
 * dashboard was deposed.
 */
final class StoredCluster implements ClusterState {

    private static final Logger LOG = LoggerFactory.getLogger(StoredCluster.class);

    private final Coordinator coordinator;
    private final String path;
    private final Coordinator.Lease lease;
    private final long leaderEpoch;
    private final List<Consumer<Topology>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> deposedListeners = new CopyOnWriteArrayList<>();

    private volatile Topology topology;
    private long nodeVersion;
    /** Sent to the coordinator, which did not say what became of it. */
    private @Nullable Topology unsettled;

    private volatile boolean deposed;

    /** @param topology as stored under {@code nodeVersion}, this dashboard's leading epoch in it */
    StoredCluster(Coordinator coordinator, String path, Coordinator.Lease lease, Topology topology, long nodeVersion) {
        this.coordinator = coordinator;
        this.path = path;
        this.lease = lease;
        this.leaderEpoch = topology.leaderEpoch();
        this.topology = topology;
        this.nodeVersion = nodeVersion;
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public long leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public boolean leading() {
        if (!deposed && !lease.held()) {
            depose(lease.loss());
        }
        return !deposed;
    }

    @Override
    public synchronized Topology commit(TopologyCommand command) {
        if (!leading()) {
            throw deposedProblem();
        }
        settle();
        Topology next = topology.apply(command);
        store(next);
        return next;
    }

    @Override
    public synchronized Topology awaitNewer(long version, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (topology.version() <= version && !deposed) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return topology;
    }

    @Override
    public void onChange(Consumer<Topology> listener) {
        listeners.add(listener);
    }

    @Override
    public void onDeposed(Runnable listener) {
        synchronized (deposedListeners) {
            if (!deposed) {
                deposedListeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** Stores another topology in the place of this one, and leads no more. */
    synchronized void replace(Topology other) {
        if (!leading()) {
            throw deposedProblem();
        }
        settle();
        coordinator.update(path, document(other), nodeVersion);
        close();
    }

    /** Ends all waiting; nothing is committed after it. */
    void close() {
        deposed = true;
        wakeAll();
    }

    private void store(Topology next) {
        try {
            nodeVersion = coordinator.update(path, document(next), nodeVersion);
            adopt(next);
        } catch (CodisException e) {
            switch (e.reason()) {
                case STALE_VERSION, NOT_FOUND -> {
                    depose("the stored topology was changed by somebody else");
                    throw deposedProblem();
                }
                case OUTCOME_UNKNOWN -> {
                    unsettled = next;
                    settle();
                    if (topology != next) {
                        throw new CodisException(Reason.UNAVAILABLE, e.getMessage() + "; nothing was changed", e);
                    }
                }
                default -> throw e;
            }
        }
    }

    /** Finds out what became of a change whose answer was lost. */
    private void settle() {
        Topology sent = unsettled;
        if (sent == null) {
            return;
        }
        var node = coordinator.read(path).orElse(null);
        if (node == null) {
            depose("the stored topology is gone");
            throw deposedProblem();
        }
        Topology stored = parse(node.data());
        unsettled = null;
        if (stored.equals(sent)) {
            nodeVersion = node.version();
            adopt(sent);
        } else if (!stored.equals(topology)) {
            depose("the stored topology was changed by somebody else");
            throw deposedProblem();
        }
    }

    private void adopt(Topology next) {
        topology = next;
        notifyAll();
        listeners.forEach(listener -> listener.accept(next));
    }

    private void depose(String why) {
        boolean first;
        synchronized (deposedListeners) {
            first = !deposed;
            deposed = true;
        }
        if (first) {
            LOG.warn("event=deposed epoch={} cause=\"{}\"", leaderEpoch, why);
            deposedListeners.forEach(Runnable::run);
            Thread.ofVirtual().start(this::wakeAll);
        }
    }

    private synchronized void wakeAll() {
        notifyAll();
    }

    private CodisException deposedProblem() {
        return new CodisException(
                Reason.STALE_EPOCH, "this dashboard led under epoch " + leaderEpoch + " and does not lead any more");
    }

    static byte[] document(Topology topology) {
        return Json.write(TopologyDocument.of(topology));
    }

    static Topology parse(byte[] document) {
        return Json.read(document, TopologyDocument.class).toTopology();
    }
}
