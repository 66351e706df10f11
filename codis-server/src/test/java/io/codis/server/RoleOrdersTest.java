package io.codis.server;

import static io.codis.server.Refusals.assertRefused;
import static io.codis.server.Refusals.assertStale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.ServerState.Role;
import io.codis.infra.redis.Replies;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.LauncherServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Safety rules 10, 13, 14 and 20, as far as the launcher enforces them. */
class RoleOrdersTest {

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aReplicaComesInSyncAndSaysSo(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(engine);
            LauncherServer replica = servers.start(engine);
            master.control(1);
            master.master(1, 2, master, replica);
            try (var control = master.as("ctl-1")) {
                control.call("SET", "key", "value");
            }

            replica.replica(1, 2, master, master, replica);

            ServerState state = replica.await("in sync", ServerState::linkUp);
            assertThat(state.master()).isEqualTo(master.address());
            assertThat(state.inSyncRunId()).isEqualTo(state.runId());
            assertThat(state.replid()).isEqualTo(master.state().replid());
            replica.await("its data's epoch is recorded", s -> s.dataEpoch() == 2 && s.hasData());
        }
    }

    @Test
    void ordersOfAnOlderLeaderOrEpochAreRefusedAlsoAfterAKill() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.promise(5, 7);
            server.kill();
            server.start();

            assertThat(server.state().promised()).isEqualTo(7);
            assertThat(server.state().leaderEpoch()).isEqualTo(5);
            assertStale(() -> server.control(4));
            assertStale(() -> server.fence(4));
            assertStale(() -> server.promise(5, 6));
            assertStale(() -> server.promise(4, 8));
            assertStale(() -> server.master(5, 6, server));
            assertStale(() -> server.master(4, 8, server));
            assertThat(server.master(5, 8, server).role()).isEqualTo(Role.MASTER);
            assertStale(() -> server.lease(5, 7, server.state().clock()));
        }
    }

    @Test
    void aPromiseEndsAnOlderMastershipAndNoOrderOfItsEpochRevivesIt() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.master(1, 2, server);

            assertThat(server.promise(1, 3).role()).isEqualTo(Role.FENCED);

            assertStale(() -> server.master(1, 2, server));
        }
    }

    @Test
    void aNewLeadersLoginEndsThoseOfAllBefore() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.control(3);
            try (var deposed = server.as("ctl-3")) {
                assertThat(Replies.text(deposed.call("ACL", "WHOAMI"))).isEqualTo("ctl-3");

                server.control(4);

                assertThatThrownBy(() -> deposed.call("ACL", "WHOAMI")).isInstanceOf(CodisException.class);
                assertRefused(Reason.UNAUTHORIZED, () -> server.as("ctl-3"));
            }
            try (var leader = server.as("ctl-4")) {
                assertThat(Replies.text(leader.call("ACL", "WHOAMI"))).isEqualTo("ctl-4");
            }
        }
    }

    @Test
    void aServerOfOneGroupTakesNoRoleInAnotherGroupOrCluster() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.master(1, 2, server);
            long clock = server.state().clock();
            String run = server.state().runId();

            assertRefused(
                    Reason.FOREIGN_SERVER,
                    () -> server.role(new RoleOrder("test", 2, 1, 3, clock, null, run, List.of(server.apiAddress()))));
            assertRefused(
                    Reason.FOREIGN_SERVER,
                    () -> server.role(new RoleOrder("other", 1, 1, 3, clock, null, run, List.of(server.apiAddress()))));
        }
    }

    @Test
    void anOrderForTheServerThatHadThisAddressBeforeIsRefused() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.master(1, 2, server);
            long promised = server.state().promised();

            assertRefused(Reason.FOREIGN_SERVER, () -> server.promiseOf("gone.test:6379", 1, promised + 1));

            assertThat(server.state().promised()).isEqualTo(promised);
            assertThat(server.state().role()).isEqualTo(Role.MASTER);
            assertThat(server.promise(1, promised + 1).promised()).isEqualTo(promised + 1);
        }
    }

    @Test
    void aReplicaOfAnotherGroupCannotFollowAMasterAtAReusedAddress() {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(Engines.redis7());
            LauncherServer stranger = servers.start(Engines.redis7());
            master.control(1);
            master.master(1, 2, master);
            stranger.control(1);
            var otherGroup = List.of(stranger.apiAddress());
            stranger.role(new RoleOrder(
                    "test",
                    2,
                    1,
                    2,
                    stranger.state().clock(),
                    null,
                    stranger.state().runId(),
                    otherGroup));
            try (var control = stranger.as("ctl-1")) {
                control.call("SET", "own", "data");
            }

            stranger.role(new RoleOrder("test", 2, 1, 3, stranger.state().clock(), master.address(), null, otherGroup));
            try (var control = stranger.as("ctl-1")) {
                // its link is refused for as long as it tries
                for (int i = 0; i < 20; i++) {
                    assertThat(Replies.text(control.call("INFO", "replication")))
                            .contains("master_link_status:down");
                    assertThat(stranger.state().linkUp()).isFalse();
                }
            }
            stranger.role(new RoleOrder(
                    "test",
                    2,
                    1,
                    4,
                    stranger.state().clock(),
                    null,
                    stranger.state().runId(),
                    otherGroup));
            try (var control = stranger.as("ctl-1")) {
                assertThat(Replies.text(control.call("GET", "own"))).isEqualTo("data");
            }
        }
    }

    @Test
    void anOrderThatWasUnderWayForLongerThanTheLeaseMakesNoMaster() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7(), "--lease", "1");
            LauncherServer other = servers.add(Engines.redis7());
            long early = server.state().clock();
            server.await("its clock goes on", state -> state.clock() > early + 1500);

            assertRefused(
                    Reason.TIMED_OUT,
                    () -> server.role(new RoleOrder(
                            "test",
                            1,
                            1,
                            2,
                            early,
                            null,
                            server.state().runId(),
                            List.of(server.apiAddress(), other.apiAddress()))));
            assertThat(server.state().role()).isEqualTo(Role.FENCED);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineThatDoesNotAnswerIsReportedAndKilledWhenItIsToBeFenced(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            server.master(1, 2, server);
            ProcessHandle hanging = ProcessHandle.of(server.enginePid()).orElseThrow();
            ChildProcess.signal(hanging.pid(), "STOP");

            ServerState silent = server.await("silent", state -> state.engine() == ServerState.Engine.SILENT);
            assertThat(silent.role()).isEqualTo(Role.MASTER);
            long start = System.nanoTime();
            server.state();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));

            assertThat(server.fence(1).role()).isEqualTo(Role.FENCED);
            assertThat(hanging.isAlive()).isFalse();
            server.await("another engine", state -> state.engine() == ServerState.Engine.UP);
        }
    }

    @Test
    void anEngineThatSomebodyElseMadeMasterIsFencedAgain() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.control(1);
            try (var control = server.as("ctl-1")) {
                control.call("REPLICAOF", "NO", "ONE");
            }

            server.await("fenced again", state -> state.role() == Role.FENCED && engineIsReplica(server));
        }
    }

    @Test
    void aWipedServerBringsNothingWithIt() {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(Engines.redis7());
            server.control(1);
            server.master(1, 2, server);
            try (var control = server.as("ctl-1")) {
                control.call("SET", "key", "value");
            }
            assertRefused(Reason.NOT_READY, () -> server.wipe(1));
            server.fence(1);

            server.wipe(1);

            ServerState state = server.state();
            assertThat(state.hasData()).isFalse();
            assertThat(state.keys()).isZero();
            assertThat(state.clusterId()).isEmpty();
            assertThat(state.leaderEpoch()).isEqualTo(1);
        }
    }

    private static boolean engineIsReplica(LauncherServer server) {
        try (var control = server.as("ctl-1")) {
            return Replies.text(control.call("INFO", "replication")).contains("role:slave");
        }
    }
}
