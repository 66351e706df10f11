package io.codis.dashboard.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.rebuild.Survivor;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.LeadCommand;
import io.codis.core.topology.PromotionCommand;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyCommand;
import io.codis.core.topology.TopologyDocument;
import io.codis.core.wire.ServerState.Role;
import io.codis.dashboard.TestDashboard;
import io.codis.dashboard.TestProxy;
import io.codis.dashboard.migration.Interruption;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.stats.Conditions;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import io.codis.testkit.Ports;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Safety rule 18, as far as the dashboard asks and stores. */
class LostClusterTest {

    private final String one = "127.0.0.1:" + Ports.free();
    private final String two = "127.0.0.1:" + Ports.free();
    private final Topology told = cluster();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Conditions conditions = new Conditions(InstantSource.system());
    private final TestDashboard dashboard = new TestDashboard(new MemoryCoordinator.Store(), Interruption.NONE);
    private final LauncherClient launchers = LauncherClient.create(TestDashboard.SECRET, Duration.ofSeconds(2));
    private @Nullable Topology stored;
    private final LostCluster lost =
            new LostCluster(dashboard.state(), launchers, conditions, topology -> stored = topology);

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        launchers.close();
        dashboard.close();
    }

    @Test
    void oneServerLeadsToAllOthersAndTheMapIsStoredAtOnce() {
        launcher(one, 1);
        launcher(two, 2);

        assertThat(refused(() -> lost.add(one, "c0ffee"))).isEqualTo(Reason.NOT_READY);

        assertThat(stored).isNotNull();
        assertThat(stored.clusterId()).isEqualTo("c0ffee");
        assertThat(stored.slots()).isEqualTo(told.slots());
    }

    @Test
    void whileAServerIsSilentNothingIsStoredAndTheConditionNamesIt() {
        launcher(one, 1);

        assertThat(refused(() -> lost.add(one, "c0ffee"))).isEqualTo(Reason.NOT_READY);

        assertThat(stored).isNull();
        assertThat(lost.found()).isTrue();
        assertThat(conditions.list()).singleElement().satisfies(condition -> {
            assertThat(condition.reason()).isEqualTo(Reason.COORDINATOR_LOST.word());
            assertThat(condition.message()).contains(two);
        });
        assertThat(refused(lost::refuseIfFound)).isEqualTo(Reason.COORDINATOR_LOST);
    }

    @Test
    void aPersonMayTakeTheNewestMapThatAnswers() {
        launcher(one, 1);
        refused(() -> lost.add(one, "c0ffee"));

        lost.accept(List.of(one));

        assertThat(stored).isNotNull();
        assertThat(stored.groups().keySet()).containsExactly(1, 2);
    }

    @Test
    void aClusterWithDataOfItsOwnRefusesAForeignServer() {
        launcher(one, 1);
        bootstrap(3, "127.0.0.1:1").forEach(dashboard.state()::commit);

        assertThat(refused(() -> lost.add(one, "c0ffee"))).isEqualTo(Reason.FOREIGN_SERVER);
        assertThat(refused(() -> lost.accept(List.of(one)))).isEqualTo(Reason.FOREIGN_SERVER);

        assertThat(stored).isNull();
        assertThat(lost.found()).isFalse();
    }

    private static Reason refused(Runnable call) {
        return catchThrowableOfType(CodisException.class, call::run).reason();
    }

    private void launcher(String server, int group) {
        int port = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
        var identity = new Survivor("c0ffee", group, server, 1, 9, 9, Role.MASTER, TopologyDocument.of(told));
        HttpApi launcher = HttpApi.builder()
                .get("/api/server/identity", request -> Response.json(identity))
                .start(new InetSocketAddress("127.0.0.1", port + LauncherClient.PORT_OFFSET));
        open.add(() -> launcher.close(Duration.ZERO));
    }

    private Topology cluster() {
        Topology topology = Topology.empty(TestProxy.PRODUCT, "c0ffee").apply(new LeadCommand.TakeLead());
        var commands = new ArrayList<>(bootstrap(1, one));
        commands.addAll(bootstrap(2, two));
        var owners = new TreeMap<Integer, Integer>();
        for (int slot = 0; slot < 1024; slot++) {
            owners.put(slot, slot % 2 + 1);
        }
        commands.add(new SlotCommand.AssignSlots(owners));
        for (TopologyCommand command : commands) {
            topology = topology.apply(command);
        }
        return topology;
    }

    private static List<TopologyCommand> bootstrap(int gid, String server) {
        return List.of(
                new GroupCommand.CreateGroup(gid),
                new GroupCommand.AddServer(gid, server, ""),
                new PromotionCommand.StartPromotion(gid, server, Promotion.Kind.BOOTSTRAP),
                new PromotionCommand.PromotionPrepared(gid, server, "run"),
                new PromotionCommand.PromotionFinished(gid),
                new PromotionCommand.PromotionCleared(gid));
    }
}
