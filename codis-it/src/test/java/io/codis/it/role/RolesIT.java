package io.codis.it.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.Member;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.role.RoleTimes;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RolesIT {

    private static final RoleTimes TIMES =
            new RoleTimes(Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(6), Duration.ofMillis(200));

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aNewGroupGetsItsFirstMemberAsMasterAndAllOthersAsCandidates(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 3, TIMES)) {
            long start = System.nanoTime();
            cluster.lead();
            cluster.awaitReady();
            System.out.println("figure: bootstrap of three members ms=" + millisSince(start));

            assertThat(cluster.master()).isSameAs(cluster.servers.getFirst());
            assertThat(cluster.master().state().role()).isEqualTo(ServerState.Role.MASTER);
            for (Member replica : cluster.group().replicas()) {
                ServerState state = cluster.byAddress(replica.address()).state();
                assertThat(state.role()).isEqualTo(ServerState.Role.REPLICA);
                assertThat(state.linkUp()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aSwitchoverKeepsEveryWriteAndTheOldMasterComesBackAsAReplicaInSync(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            var gaps = new ArrayList<Long>();
            for (int round = 0; round < 4; round++) {
                LauncherServer old = cluster.master();
                LauncherServer next =
                        cluster.byAddress(cluster.group().candidates().getFirst());
                try (var client = cluster.client(old)) {
                    client.call("SET", "round", round);
                }
                long start = System.nanoTime();
                cluster.roles().switchover(RoleCluster.GROUP, next.address());
                gaps.add(millisSince(start));
                assertThat(cluster.master()).isSameAs(next);
                try (var client = cluster.client(next)) {
                    assertThat(Replies.text(client.call("GET", "round"))).isEqualTo(Integer.toString(round));
                }
                cluster.awaitReady();
                assertThat(old.state().role()).isEqualTo(ServerState.Role.REPLICA);
            }
            System.out.println("figure: switchover ms=" + gaps);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMasterThatIsToldToStopIsReplacedWhileItServes(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            try (var client = cluster.client(old)) {
                client.call("SET", "last", "word");
            }
            long start = System.nanoTime();

            assertThat(old.process().stop()).isZero();

            System.out.println("figure: stop of a master ms=" + millisSince(start));
            LauncherServer next = cluster.master();
            assertThat(next).isNotSameAs(old);
            assertThat(next.state().role()).isEqualTo(ServerState.Role.MASTER);
            try (var client = cluster.client(next)) {
                assertThat(Replies.text(client.call("GET", "last"))).isEqualTo("word");
            }
        }
    }

    @Test
    void whoAsksForASwitchoverAgainAndAgainDoesNotKeepTheReplicaFromBecomingACandidate() throws IOException {
        try (var cluster = new RoleCluster(Engines.redis7(), 2, TIMES)) {
            cluster.lead();
            String next = cluster.servers.getLast().address();

            cluster.await("the switchover is no longer refused", () -> {
                try {
                    cluster.roles().switchover(RoleCluster.GROUP, next);
                    return true;
                } catch (CodisException e) {
                    return false;
                }
            });

            assertThat(cluster.master().address()).isEqualTo(next);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aKilledEngineIsReplacedByTheReplicaThatHasAllItsWrites(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);

            long start = System.nanoTime();
            ChildProcess.signal(old.enginePid(), "KILL");
            awaitAnotherMaster(cluster, old);
            System.out.println("figure: failover after kill -9 of the engine ms=" + millisSince(start));

            assertKeys(cluster, 100);
            cluster.awaitReady();
            assertThat(old.state().role()).isEqualTo(ServerState.Role.REPLICA);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aKilledLauncherThatIsStartedAgainIsReplacedAtOnce(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);

            long start = System.nanoTime();
            old.kill();
            old.launch();
            awaitAnotherMaster(cluster, old);
            System.out.println(
                    "figure: failover after kill -9 of the launcher and its restart ms=" + millisSince(start));

            assertKeys(cluster, 100);
            cluster.awaitReady();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aServerWhoseProcessesAreGoneFromThisMachineIsReplacedWithoutWaiting(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);

            long start = System.nanoTime();
            old.kill();
            awaitAnotherMaster(cluster, old);
            System.out.println("figure: failover after kill -9 of the launcher ms=" + millisSince(start));
            assertKeys(cluster, 100);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMasterWithoutAWordIsReplacedOnlyAfterItsLease(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);

            ChildProcess.signal(old.enginePid(), "STOP");
            long enginePid = old.enginePid();
            old.process().freeze();
            long start = System.nanoTime();
            awaitAnotherMaster(cluster, old);
            long took = millisSince(start);
            System.out.println("figure: failover without a word of the old master, lease 4 s, ms=" + took);
            // it may have been confirmed up to a quarter of the lease ago
            assertThat(took)
                    .isGreaterThan(TIMES.lease().multipliedBy(3).dividedBy(4).toMillis());
            assertKeys(cluster, 100);

            ChildProcess.signal(enginePid, "CONT");
            old.process().thaw();
            cluster.awaitReady();
            assertThat(old.state().role()).isEqualTo(ServerState.Role.REPLICA);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void afterARestartOfAllTheSameMasterComesBackWithAllData(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 3, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);
            cluster.stopLeading();
            // the master first, so that it cannot be said to have been the last to hear of anything
            cluster.servers.forEach(
                    server -> assertThat(server.process().stop()).isZero());
            List.copyOf(cluster.servers).reversed().forEach(LauncherServer::launch);

            long start = System.nanoTime();
            cluster.lead();
            cluster.await(
                    "a master serves",
                    () -> cluster.master()
                            .tryState()
                            .filter(state -> state.role() == ServerState.Role.MASTER)
                            .isPresent());
            System.out.println("figure: master after a restart of all ms=" + millisSince(start));
            assertThat(cluster.master()).isSameAs(old);
            assertKeys(cluster, 100);
            cluster.awaitReady();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMasterThatRestartsBeforeNewMembersAreAttachedGetsItsRoleBack(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 1, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);
            cluster.stopLeading();
            old.kill();
            for (int number = 1; number <= 2; number++) {
                LauncherServer added = cluster.server(number);
                cluster.servers.add(added);
                added.launch();
                added.awaitUp();
            }

            cluster.lead();
            cluster.servers.stream()
                    .skip(1)
                    .forEach(added -> cluster.leadership()
                            .state()
                            .commit(new GroupCommand.AddServer(cluster.group().id(), added.address(), "")));
            old.launch();

            cluster.awaitReady();
            assertThat(cluster.master()).isSameAs(old);
            assertThat(cluster.group().members()).hasSize(3);
            assertKeys(cluster, 100);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aHangingEngineIsKilledAndReplaced(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);

            long start = System.nanoTime();
            ChildProcess.signal(old.enginePid(), "STOP");
            awaitAnotherMaster(cluster, old);
            System.out.println("figure: failover after SIGSTOP of the engine ms=" + millisSince(start));
            assertKeys(cluster, 100);
            cluster.awaitReady();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineWhoseLauncherHangsIsFencedDirectlyAndLosesNothing(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            fill(cluster, old, 100);

            old.process().freeze();
            long start = System.nanoTime();
            awaitAnotherMaster(cluster, old);
            System.out.println("figure: failover after SIGSTOP of the launcher ms=" + millisSince(start));
            assertKeys(cluster, 100);

            old.process().thaw();
            cluster.awaitReady();
            assertThat(old.state().role()).isEqualTo(ServerState.Role.REPLICA);
        }
    }

    /** Rule 12: a pause alone lapses; who cannot be fenced may take writes again, so nobody else becomes master. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aSwitchoverNeverMakesASecondMasterWhenTheOldOneCannotBeFenced(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            LauncherServer next = cluster.byAddress(cluster.group().candidates().getFirst());
            fill(cluster, old, 100);
            old.process().freeze();
            var switching =
                    CompletableFuture.runAsync(() -> cluster.roles().switchover(RoleCluster.GROUP, next.address()));

            long end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
            try (var atOld = cluster.control(old);
                    var atNext = cluster.control(next)) {
                while (System.nanoTime() < end) {
                    // in this order: a master that is one no more by the second look was one alone
                    assertThat(isMaster(atNext) && isMaster(atOld))
                            .as("two masters")
                            .isFalse();
                }
            } finally {
                old.process().thaw();
            }
            assertThatThrownBy(switching::join).isInstanceOf(CompletionException.class);
            cluster.awaitReady();
            assertKeys(cluster, 100);
        }
    }

    private static boolean isMaster(RedisConnection engine) {
        return Replies.text(engine.call("INFO", "replication")).contains("role:master");
    }

    private static void awaitAnotherMaster(RoleCluster cluster, LauncherServer old) {
        cluster.await(
                "another master serves",
                () -> cluster.master() != old
                        && cluster.master()
                                .tryState()
                                .filter(state -> state.role() == ServerState.Role.MASTER)
                                .isPresent());
    }

    private static void fill(RoleCluster cluster, LauncherServer master, int keys) {
        try (var client = cluster.client(master)) {
            for (int i = 0; i < keys; i++) {
                client.call("SET", "key" + i, i);
            }
            assertThat(Replies.number(client.call("WAIT", cluster.servers.size() - 1, 5000)))
                    .isEqualTo(cluster.servers.size() - 1);
        }
    }

    private static void assertKeys(RoleCluster cluster, int keys) {
        try (var client = cluster.client(cluster.master())) {
            assertThat(Replies.number(client.call("DBSIZE"))).isEqualTo(keys);
        }
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
