package io.codis.it.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.ServerState.Role;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules 4, 9, 10, 13, 14, 19 and 20 at a real launcher and its engine. */
class LauncherIT {

    private static final double LEASE = 3;
    private static final List<String> NOBODY = List.of("127.0.0.1:1", "127.0.0.1:2");

    @TempDir
    private Path directory;

    private LauncherProcess start(Engine engine) {
        return new LauncherProcess(directory, engine, LEASE, directory.resolve("secret"));
    }

    private LauncherProcess start() {
        return start(Engines.redis7());
    }

    private static String failure(Reply reply) {
        return reply instanceof Reply.Failure(String text) ? text : "no failure: " + reply;
    }

    private static void assertStale(Callable<ServerState> order) {
        assertThatThrownBy(order::call)
                .isInstanceOfSatisfying(
                        CodisException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.STALE_EPOCH));
    }

    /** MIGRATE sends its login and its RESTORE in one go: at an engine with an open default user both would count. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule4AFailedLoginRestoresNothing(Engine engine) throws IOException {
        try (RedisServer source = RedisServer.start(engine, Map.of());
                LauncherProcess target = start(engine)) {
            target.makeMaster();
            source.call("SET", "k", "v").text();
            Reply refused = source.call(
                    "MIGRATE",
                    "127.0.0.1",
                    target.address().replaceAll(".*:", ""),
                    "k",
                    "0",
                    "5000",
                    "COPY",
                    "AUTH2",
                    "mig-1-1",
                    "wrong");

            assertThat(failure(refused)).contains("WRONGPASS");
            assertThat(target.state().keys()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule9AServerStartsFencedAndAnswersNobody(Engine engine) throws IOException {
        try (LauncherProcess server = start(engine);
                RespConnection stranger = RespConnection.open(server.address(), LauncherProcess.SOON)) {
            assertThat(failure(stranger.call("GET", "k"))).startsWith("NOAUTH");
            assertThat(server.state().role()).isEqualTo(Role.FENCED);

            server.control(1);
            try (RespConnection control = server.login(1)) {
                assertThat(failure(control.call("GET", "k"))).startsWith("MASTERDOWN");
                assertThat(failure(control.call("SET", "k", "v"))).isNotEmpty().doesNotStartWith("no failure");
            }
        }
    }

    @Test
    void rule9TheEngineDiesWithItsLauncher() {
        try (LauncherProcess server = start()) {
            long engine = server.enginePid();
            server.process().kill();
            Awaitility.await("end of the engine")
                    .atMost(LauncherProcess.SOON)
                    .until(() -> ProcessHandle.of(engine).map(h -> !h.isAlive()).orElse(true));
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule10AnEngineThatRestartsIsMasterNoMore(Engine engine) throws IOException {
        try (LauncherProcess server = start(engine)) {
            server.makeMaster();
            try (RespConnection control = server.login(1)) {
                assertThat(control.call("SET", "k", "v").text()).isEqualTo("OK");
            }
            String runId = server.state().runId();
            ChildProcess.signal(server.enginePid(), "KILL");

            server.await(
                    "another engine",
                    state -> state.engine() == ServerState.Engine.UP
                            && !state.runId().equals(runId));
            ServerState state = server.state();
            assertThat(state.role()).isEqualTo(Role.FENCED);
            assertThat(state.hasData()).isTrue();
            assertThat(state.inSyncRunId()).isNotEqualTo(state.runId());
            assertThat(state.epoch()).isEqualTo(1);
        }
    }

    @Test
    void rule10ARoleThatWasDecidedForAnEarlierRunOfTheEngineMakesNoMaster() {
        try (LauncherProcess server = start()) {
            server.control(1);
            ServerState decided = server.state();
            ChildProcess.signal(server.enginePid(), "KILL");
            server.await(
                    "another engine",
                    state -> state.engine() == ServerState.Engine.UP
                            && !state.runId().equals(decided.runId()));

            assertThatThrownBy(() -> server.role(decided, 1, 1, 1, null, List.of(server.api())))
                    .isInstanceOfSatisfying(
                            CodisException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.ENGINE_RESTARTED));
            assertThat(server.state().role()).isEqualTo(Role.FENCED);
        }
    }

    @Test
    void rule10APromiseOutlivesAKill() {
        try (LauncherProcess server = start()) {
            server.control(1);
            server.promise(1, 7);
            server.restart();

            assertThat(server.state().promised()).isEqualTo(7);
            assertThat(server.state().leaderEpoch()).isEqualTo(1);
            assertStale(() -> server.role(1, 6, 1, null, List.of(server.api())));
        }
    }

    @Test
    void rule13AMasterThatNobodyConfirmsFencesItself() throws IOException {
        try (LauncherProcess server = start()) {
            server.control(1);
            server.role(1, 1, 1, null, List.of(server.api(), NOBODY.get(0), NOBODY.get(1)));
            try (RespConnection control = server.login(1)) {
                assertThat(control.call("SET", "k", "v").text()).isEqualTo("OK");
                Awaitility.await("the fence")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> control.call("SET", "k", "w") instanceof Reply.Failure);
            }
            server.await("fenced", state -> state.role() == Role.FENCED);
        }
    }

    @Test
    void rule13AMasterThatIsConfirmedStaysMaster() {
        try (LauncherProcess server = start()) {
            server.control(1);
            server.role(1, 1, 1, null, List.of(server.api(), NOBODY.get(0), NOBODY.get(1)));
            long end = System.nanoTime() + (long) (3 * LEASE * 1e9);
            while (System.nanoTime() < end) {
                ServerState state = server.state();
                assertThat(state.role()).isEqualTo(Role.MASTER);
                server.lease(1, 1, state.clock());
            }
        }
    }

    @Test
    void rule13AConfirmationThatWasLongUnderWayProlongsNothing() {
        try (LauncherProcess server = start()) {
            server.control(1);
            server.role(1, 1, 1, null, List.of(server.api(), NOBODY.get(0), NOBODY.get(1)));
            long old = server.state().clock();
            Awaitility.await("the fence").atMost(Duration.ofSeconds(30)).until(() -> {
                try {
                    server.lease(1, 1, old);
                } catch (CodisException refused) {
                    // late ones may be refused or ignored
                }
                return server.state().role() == Role.FENCED;
            });
        }
    }

    @Test
    void rule13PeersConfirmAMasterWhileTheDashboardIsSilent() {
        try (LauncherProcess master = start();
                LauncherProcess second = start();
                LauncherProcess third = start()) {
            List<String> peers = List.of(master.api(), second.api(), third.api());
            for (LauncherProcess server : List.of(master, second, third)) {
                server.control(1);
                server.role(1, 1, 1, server == master ? null : master.address(), peers);
            }
            long end = System.nanoTime() + (long) (3 * LEASE * 1e9);
            while (System.nanoTime() < end) {
                assertThat(master.state().role()).isEqualTo(Role.MASTER);
            }
            second.promise(1, 2);
            third.promise(1, 2);
            master.await("fenced", state -> state.role() == Role.FENCED);
        }
    }

    @Test
    void rule14ADeposedLeaderIsRefusedAndItsConnectionsAreCut() throws IOException {
        try (LauncherProcess server = start()) {
            server.makeMaster();
            try (RespConnection deposed = server.login(1)) {
                deposed.call("SET", "k", "v").text();
                server.control(2);

                assertThatThrownBy(() -> deposed.call("UNLINK", "k")).isInstanceOf(IOException.class);
                assertStale(() -> server.role(1, 2, 1, null, List.of(server.api())));
                assertStale(() -> server.fence(1));
                assertStale(() -> server.promise(1, 9));
                assertStale(() -> server.control(1));
            }
            try (RespConnection leader = server.login(2)) {
                assertThat(leader.call("GET", "k").text()).isEqualTo("v");
            }
        }
    }

    @Test
    void rule19DataIsWipedOnlyFromAFencedServer() throws IOException {
        try (LauncherProcess server = start()) {
            server.makeMaster();
            try (RespConnection control = server.login(1)) {
                control.call("SET", "k", "v").text();
            }
            assertThatThrownBy(() -> server.wipe(1)).isInstanceOf(CodisException.class);

            server.fence(1);
            server.wipe(1);
            server.await("an empty engine", state -> state.engine() == ServerState.Engine.UP && !state.hasData());
            assertThat(server.state().group()).isZero();
        }
    }

    /** It would begin empty, beside the log of the newer one, and lose what it takes when that one comes back. */
    @Test
    void rule10AnEngineThatDoesNotReadTheDataIsNotStarted() throws IOException {
        try (LauncherProcess server = start()) {
            server.makeMaster();
            try (RespConnection control = server.login(1)) {
                control.call("SET", "k", "v").text();
            }

            ChildProcess older = server.restartWith(Engines.redis62());

            assertThat(older.awaitEnd(LauncherProcess.SOON)).isEqualTo(1);
            assertThat(older.logTail()).contains("EngineTooOld: Redis 6.2.", "appendonlydir", "would begin empty");
            server.restart();
            assertThat(server.state().keys()).isOne();
        }
    }

    /** The address has been given to a server of another group, or of another cluster. */
    @Test
    void rule20AReplicaTakesNothingFromAnotherGroupsOrClustersMaster() throws IOException {
        try (LauncherProcess replica = start();
                LauncherProcess other = start();
                LauncherProcess foreign =
                        new LauncherProcess(directory, Engines.redis7(), LEASE, directory.resolve("other-secret"))) {
            replica.makeMaster();
            try (RespConnection control = replica.login(1)) {
                control.call("SET", "mine", "v").text();
            }
            other.control(1);
            other.role(1, 1, 2, null, List.of(other.api()));
            foreign.makeMaster();
            long epoch = 2;
            for (LauncherProcess stranger : List.of(other, foreign)) {
                replica.role(1, epoch++, 1, stranger.address(), List.of(replica.api()));
                Awaitility.await("a refused login").atMost(LauncherProcess.SOON).until(() -> refusals(stranger) > 0);
                assertThat(replica.state().linkUp()).isFalse();
                assertThat(replica.state().keys()).isOne();
            }
        }
    }

    private static long refusals(LauncherProcess server) throws IOException {
        try (RespConnection control = server.login(1)) {
            return control.call("ACL", "LOG") instanceof Reply.Many(List<Reply> entries) ? entries.size() : 0;
        }
    }
}
