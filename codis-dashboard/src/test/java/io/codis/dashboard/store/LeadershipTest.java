package io.codis.dashboard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.codis3.GroupNode;
import io.codis.core.codis3.SlotMapping;
import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.SlotCommand;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.FileCoordinator;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import io.codis.infra.json.Json;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeadershipTest {

    @TempDir
    Path root;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void whatOneLeaderStoredIsThereForTheNextUnderAHigherEpoch() {
        Leadership first = lead(coordinator(), "a");
        first.state().commit(new GroupCommand.CreateGroup(1));
        first.state().commit(new GroupCommand.AddServer(1, "127.0.0.1:6381", "dc"));
        long epoch = first.state().leaderEpoch();
        first.keep(new TurnedMoves(7, true));
        first.close();

        Leadership second = lead(coordinator(), "b");
        assertThat(second.turnedMoves()).isEqualTo(new TurnedMoves(7, true));

        assertThat(second.state().leaderEpoch()).isGreaterThan(epoch);
        assertThat(second.state().topology().group(1).members().getFirst().address())
                .isEqualTo("127.0.0.1:6381");
        assertThat(second.state().topology().clusterId())
                .isEqualTo(first.state().topology().clusterId());
    }

    @Test
    void onlyOneLeadsAtATime() {
        lead(coordinator(), "a");

        assertThat(Leadership.tryTake(coordinator(), topom("b", "127.0.0.1:2"))).isEmpty();
    }

    @Test
    void aLeaderWhoseTopologyWasChangedBySomebodyElseStopsAtOnce() {
        var coordinator = coordinator();
        Leadership leadership = lead(coordinator, "a");
        var deposed = new ArrayList<String>();
        leadership.state().onDeposed(() -> deposed.add("told"));
        String path = "/codis3/demo/cluster";
        byte[] same = coordinator.read(path).orElseThrow().data();
        coordinator.update(path, same, coordinator.read(path).orElseThrow().version());

        assertThatThrownBy(() -> leadership.state().commit(new GroupCommand.CreateGroup(1)))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STALE_EPOCH));
        assertThat(leadership.state().leading()).isFalse();
        assertThat(deposed).containsExactly("told");
        assertThat(coordinator.read(path).orElseThrow().data()).isEqualTo(same);
    }

    /** As {@code codis-admin --remove-lock} does beside a dashboard that leads. */
    @Test
    void aLeaderWhoseLockIsRemovedIsFoundAgain() {
        var coordinator = coordinator();
        Leadership leadership = lead(coordinator, "a");

        Leadership.removeLock(coordinator(), "demo");

        Awaitility.await("the lock is there again")
                .atMost(Duration.ofSeconds(10))
                .until(() -> coordinator.read("/codis3/demo/topom").isPresent());
        leadership.close();
        assertThat(coordinator.read("/codis3/demo/topom")).isEmpty();
    }

    @Test
    void aRefusedCommandChangesNothing() {
        Leadership leadership = lead(coordinator(), "a");
        long version = leadership.state().topology().version();

        assertThatThrownBy(() -> leadership.state().commit(new GroupCommand.CreateGroup(0)))
                .hasMessage("invalid group id = 0, out of range");
        assertThat(leadership.state().topology().version()).isEqualTo(version);
    }

    @Test
    void theNodesOfCodisAreCompleteAfterAGracefulStop() {
        var coordinator = coordinator();
        Leadership leadership = lead(coordinator, "a");
        assertThat(Json.read(
                                coordinator
                                        .read("/codis3/demo/topom")
                                        .orElseThrow()
                                        .data(),
                                Topom.class)
                        .token())
                .isEqualTo("a");
        leadership.state().commit(new GroupCommand.CreateGroup(7));
        leadership.state().commit(new GroupCommand.AddServer(7, "127.0.0.1:6381", ""));
        leadership.state().commit(new SlotCommand.CreateRangeMoves(0, 9, 7));
        leadership.state().commit(new GroupCommand.CreateGroup(8));
        leadership.state().commit(new GroupCommand.RemoveGroup(8));

        leadership.close();

        assertThat(coordinator.read("/codis3/demo/topom")).isEmpty();
        assertThat(coordinator.children("/codis3/demo/group")).containsExactly("group-0007");
        assertThat(coordinator.children("/codis3/demo/slots")).hasSize(10);
        var group = Json.read(
                coordinator.read("/codis3/demo/group/group-0007").orElseThrow().data(), GroupNode.class);
        assertThat(group.servers()).extracting(GroupNode.Server::server).containsExactly("127.0.0.1:6381");
        var slot = Json.read(
                coordinator.read("/codis3/demo/slots/slot-0009").orElseThrow().data(), SlotMapping.class);
        assertThat(slot.action()).isEqualTo(new SlotMapping.Action(10, "pending", 7));
    }

    @Test
    void aTreeOfCodisIsTakenOverOnce() {
        var coordinator = coordinator();
        put(
                coordinator,
                "/codis3/demo/group/group-0001",
                "{\"id\":1,\"servers\":[{\"server\":\"10.0.0.1:6379\",\"datacenter\":\"\",\"action\":{},\"replica_group\":false}],"
                        + "\"promoting\":{},\"out_of_sync\":false}");
        put(coordinator, "/codis3/demo/slots/slot-0005", "{\"id\":5,\"group_id\":1,\"action\":{}}");

        Leadership leadership = lead(coordinator, "a");

        assertThat(leadership.state().topology().slot(5).group()).isEqualTo(1);
        assertThat(leadership.state().topology().group(1).initialized()).isTrue();
    }

    @Test
    void theLockOfADashboardThatAnswersIsRespectedAndThatOfADeadOneTaken() {
        var coordinator = coordinator();
        var alive = new Topom[1];
        var api = HttpApi.builder()
                .get("/api/topom/model", request -> Response.json(alive[0]))
                .start(new InetSocketAddress("127.0.0.1", 0));
        alive[0] = topom("other", "127.0.0.1:" + api.port());
        coordinator.put("/codis3/demo/topom", Json.write(alive[0]));

        assertThatThrownBy(() -> Leadership.tryTake(coordinator, topom("a", "127.0.0.1:1")))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY))
                .hasMessageContaining(alive[0].adminAddr());

        api.close(Duration.ZERO);
        assertThat(lead(coordinator, "a").state().leading()).isTrue();
    }

    @Test
    void aDashboardThatLivesOnWithoutTheLeaseLocksNobodyOut() {
        var coordinator = coordinator();
        var follower = new Topom[1];
        var api = HttpApi.builder()
                .get("/api/topom/model", request -> Response.json(follower[0]))
                .get("/topom", request -> {
                    throw new CodisException(Reason.NOT_READY, "topom is not online");
                })
                .start(new InetSocketAddress("127.0.0.1", 0));
        open.add(() -> api.close(Duration.ZERO));
        follower[0] = topom("other", "127.0.0.1:" + api.port());
        coordinator.put("/codis3/demo/topom", Json.write(follower[0]));

        assertThat(lead(coordinator, "a").state().leading()).isTrue();
    }

    @Test
    void whoIsToHearOfTheEndHearsOfItAfterwardsToo() {
        var coordinator = new MemoryCoordinator(new MemoryCoordinator.Store());
        open.add(coordinator);
        Leadership leadership = lead(coordinator, "a");
        coordinator.expire("/codis3/demo/leader");
        assertThat(leadership.state().leading()).isFalse();
        var deposed = new ArrayList<String>();

        leadership.state().onDeposed(() -> deposed.add("told"));

        assertThat(deposed).containsExactly("told");
    }

    private static void put(Coordinator coordinator, String path, String json) {
        coordinator.put(path, json.getBytes(StandardCharsets.UTF_8));
    }

    private Coordinator coordinator() {
        var coordinator = FileCoordinator.open(root);
        open.add(coordinator);
        return coordinator;
    }

    private Leadership lead(Coordinator coordinator, String token) {
        Optional<Leadership> leadership = Leadership.tryTake(coordinator, topom(token, "127.0.0.1:1"));
        open.add(leadership.orElseThrow());
        return leadership.get();
    }

    private static Topom topom(String token, String admin) {
        return new Topom(token, "now", admin, "demo", 1, "/", "test");
    }
}
