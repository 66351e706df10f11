package io.codis.dashboard.store;

import io.codis.core.codis3.GroupNode;
import io.codis.core.codis3.Import;
import io.codis.core.codis3.ProxyNode;
import io.codis.core.codis3.SentinelNode;
import io.codis.core.codis3.SlotMapping;
import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.LeadCommand;
import io.codis.core.topology.Topology;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process leads the product: it holds the lease, its epoch is stored, and the node {@code topom} names it.
 *
 * <p>The lease keeps our own dashboards apart; the node keeps out a dashboard of Codis 3.2, and lets proxies and pages
 * find the leader.
 */
public final class Leadership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration FLUSH = Duration.ofSeconds(10);

    private final Coordinator coordinator;
    private final ClusterPaths paths;
    private final LockNode node;
    private final Coordinator.Lease lease;
    private final StoredCluster state;
    private final NodeProjection projection;
    private final TurnedMoves turned;

    private Leadership(
            Coordinator coordinator, ClusterPaths paths, LockNode node, Coordinator.Lease lease, StoredCluster state) {
        this.coordinator = coordinator;
        this.paths = paths;
        this.node = node;
        this.lease = lease;
        this.state = state;
        this.projection = new NodeProjection(coordinator, paths);
        this.turned = coordinator.read(paths.moves()).map(Leadership::turned).orElse(TurnedMoves.DEFAULT);
    }

    /**
     * Starts to lead if nobody else does.
     *
     * @param self written to the node {@code topom}
     * @return empty while another of our dashboards holds the lease
     * @throws CodisException {@code BUSY} when the node {@code topom} belongs to a dashboard that answers and leads
     */
    public static Optional<Leadership> tryTake(Coordinator coordinator, Topom self) {
        var paths = new ClusterPaths(self.productName());
        var lease = coordinator.tryLead(paths.leader());
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        try {
            var node = new LockNode(coordinator, paths, self);
            node.take();
            var leadership =
                    new Leadership(coordinator, paths, node, lease.get(), take(coordinator, paths, lease.get()));
            leadership.start();
            return Optional.of(leadership);
        } catch (RuntimeException e) {
            lease.get().close();
            throw e;
        }
    }

    /** After {@link #tryTake} in vain: how long until it is worth another try. */
    public static Duration pause(Coordinator coordinator, Topom self) {
        return coordinator.leadPause(new ClusterPaths(self.productName()).leader());
    }

    /** Deletes the node {@code topom}, whoever wrote it. */
    public static boolean removeLock(Coordinator coordinator, String product) {
        return coordinator.delete(new ClusterPaths(product).topom(), Coordinator.ANY_VERSION);
    }

    public ClusterState state() {
        return state;
    }

    /**
     * Puts a topology that was rebuilt in the place of the present one, and stops to lead: whoever leads next, this process
     * too, begins with it.
     */
    public void replace(Topology rebuilt) {
        state.replace(rebuilt);
    }

    /** What people had turned when this process began to lead. */
    public TurnedMoves turnedMoves() {
        return turned;
    }

    /** Keeps it for those who lead next. */
    public void keep(TurnedMoves turned) {
        coordinator.put(paths.moves(), Json.write(turned));
    }

    /** Stops to lead: the nodes of Codis 3.2 are brought up to date, {@code topom} and the lease are given back. */
    @Override
    public void close() {
        boolean leading = state.leading();
        state.close();
        try {
            if (leading) {
                projection.close(FLUSH);
                node.giveBack();
            } else {
                projection.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CodisException e) {
            LOG.warn("event=lock-not-released reason={} cause={}", e.reason().word(), e.getMessage());
        } finally {
            lease.close();
        }
    }

    private void start() {
        if (coordinator.readByCodis3Tools()) {
            state.onChange(projection::offer);
            state.onDeposed(projection::close);
            projection.start(state.topology());
        }
        node.keep(state::leading);
        LOG.info(
                "event=leading epoch={} version={}",
                state.leaderEpoch(),
                state.topology().version());
    }

    private static TurnedMoves turned(Coordinator.Node node) {
        try {
            return Json.read(node.data(), TurnedMoves.class);
        } catch (CodisException e) {
            LOG.warn("event=turned-moves-not-readable cause={}", e.getMessage());
            return TurnedMoves.DEFAULT;
        }
    }

    /** Stores the raised epoch, which no dashboard of an earlier one survives. */
    private static StoredCluster take(Coordinator coordinator, ClusterPaths paths, Coordinator.Lease lease) {
        var node = coordinator.read(paths.cluster());
        Topology found = node.isPresent() ? StoredCluster.parse(node.get().data()) : imported(coordinator, paths);
        Topology led = found.apply(new LeadCommand.TakeLead());
        byte[] document = StoredCluster.document(led);
        long version = node.isPresent()
                ? coordinator.update(paths.cluster(), document, node.get().version())
                : coordinator.create(paths.cluster(), document);
        return new StoredCluster(coordinator, paths.cluster(), lease, led, version);
    }

    private static Topology imported(Coordinator coordinator, ClusterPaths paths) {
        String clusterId = UUID.randomUUID().toString().replace("-", "");
        var slots = nodes(coordinator, paths.slots(), SlotMapping.class);
        var groups = nodes(coordinator, paths.groups(), GroupNode.class);
        var proxies = nodes(coordinator, paths.proxies(), ProxyNode.class);
        var sentinel = coordinator.read(paths.sentinel()).map(n -> Json.read(n.data(), SentinelNode.class));
        if (slots.isEmpty() && groups.isEmpty() && proxies.isEmpty() && sentinel.isEmpty()) {
            return Topology.empty(paths.product(), clusterId);
        }
        LOG.info("event=codis-tree-imported groups={} proxies={}", groups.size(), proxies.size());
        return Import.topology(paths.product(), clusterId, slots, groups, proxies, sentinel.orElse(null));
    }

    private static <T> List<T> nodes(Coordinator coordinator, String parent, Class<T> type) {
        return coordinator.children(parent).stream()
                .map(name -> coordinator.read(parent + "/" + name))
                .flatMap(Optional::stream)
                .map(node -> Json.read(node.data(), type))
                .toList();
    }
}
