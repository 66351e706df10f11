package io.codis.cli.local;

import io.codis.core.plan.ClusterPlanner;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Observed.Freshness;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.topology.Group;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.infra.coordinator.FileCoordinator;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.Standings;
import io.codis.infra.json.Json;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The cluster of a data directory in which nothing runs: what the next {@code codis up} starts. */
public final class StoredCluster {

    private final DataDirectory data;

    public StoredCluster(DataDirectory data) {
        this.data = data;
    }

    /** What is stored, to be changed. */
    public CodisClusterSpec spec() {
        return data.storedSpec()
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_READY,
                        "there is no cluster in " + data.root() + "; start one with " + data.codis("up")
                                + ", or store one with " + data.codis("apply -f FILE")));
    }

    /** What the next {@code codis up} does to make {@code wanted} of the groups that there are. */
    public PlannedChange plan(CodisClusterSpec wanted) {
        List<String> reasons =
                data.storedSpec().map(now -> new SpecChange(data, now, wanted).atStart()).orElse(List.of()).stream()
                        .map(SpecChange.AtStart::atStart)
                        .toList();
        List<String> steps = ClusterPlanner.plan(wanted, observe(wanted.productName())).steps().stream()
                .map(Step::text)
                .toList();
        return new PlannedChange(false, reasons, steps);
    }

    /** No process runs; groups and slots are what the dashboard has stored, every replica taken to be in sync. */
    private Observed observe(String product) {
        Layout layout = Layout.load(data);
        var standings = new Standings(topology(product).map(StoredCluster::view), layout::address);
        var servers = new TreeMap<MemberId, Standings.Run>();
        layout.servers()
                .keySet()
                .forEach(member -> servers.put(member, new Standings.Run(false, true, Freshness.CURRENT)));
        var groups = standings.groups(servers, member -> Files.exists(data.server(member.toString())));
        return new Observed(
                standings.manager(!groups.isEmpty()), Set.of(), groups, new TreeMap<>(), standings.offlineSlots());
    }

    private Optional<Topology> topology(String product) {
        if (!Files.isDirectory(data.coordinator())) {
            return Optional.empty();
        }
        try (var coordinator = FileCoordinator.open(data.coordinator())) {
            return coordinator
                    .read("/codis3/" + product + "/cluster")
                    .map(node -> Json.read(node.data(), TopologyDocument.class).toTopology());
        }
    }

    private static DashboardView view(Topology topology) {
        return new DashboardView(
                topology.groups().values().stream().map(StoredCluster::group).toList(),
                List.of(),
                topology.slots().stream().mapToInt(slot -> slot.group()).toArray(),
                topology.slots().stream()
                        .mapToInt(slot -> slot.action().target())
                        .toArray(),
                DashboardView.Moves.NONE,
                List.of());
    }

    private static DashboardView.Group group(Group group) {
        var servers = new ArrayList<DashboardView.Server>();
        for (var member : group.members()) {
            String master = servers.isEmpty() ? "" : servers.getFirst().address();
            servers.add(new DashboardView.Server(
                    member.address(), true, "", master, true, -1, -1, -1, "", Optional.empty(), member.fenced()));
        }
        return new DashboardView.Group(group.id(), servers, false);
    }

    /** Fails with {@code Busy} when a cluster has been started meanwhile. */
    public void store(CodisClusterSpec wanted) {
        data.create();
        var lock = DirectoryLock.tryAcquire(data.lock());
        try (DirectoryLock held = lock.orElseThrow(() ->
                new CodisException(Reason.BUSY, "a cluster is being started in " + data.root() + "; try again"))) {
            data.store(wanted);
        }
    }
}
