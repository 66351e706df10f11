package io.codis.it.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.problem.CodisException;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.role.RoleTimes;
import io.codis.infra.redis.Replies;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise 5: a dashboard that is killed at any commit of a promotion leaves nothing that the next one cannot finish. */
class PromotionResumedIT {

    private static final RoleTimes TIMES =
            new RoleTimes(Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofMillis(100));

    /** Started, prepared, finished, cleared; the old master awaited and admitted. */
    private static final int COMMITS = 6;

    private int round;

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aSwitchoverEndsWhereverTheDashboardDied(Engine engine) throws Exception {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            for (int commit = 1; commit <= COMMITS; commit++) {
                for (boolean stored : new boolean[] {false, true}) {
                    write(cluster);
                    String next = cluster.group().candidates().getFirst();
                    cluster.coordinator().dieAt(commit, stored);
                    Thread.ofVirtual().start(() -> switchOver(cluster, next));

                    resumed(cluster, "switchover, commit " + commit + (stored ? ", stored" : ""));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aFailoverEndsWhereverTheDashboardDied(Engine engine) throws Exception {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            for (int commit = 1; commit <= COMMITS; commit++) {
                for (boolean stored : new boolean[] {false, true}) {
                    write(cluster);
                    cluster.coordinator().dieAt(commit, stored);
                    ChildProcess.signal(cluster.master().enginePid(), "KILL");

                    resumed(cluster, "failover, commit " + commit + (stored ? ", stored" : ""));
                }
            }
        }
    }

    private void resumed(RoleCluster cluster, String when) throws InterruptedException {
        assertThat(cluster.coordinator().awaitDeath(Duration.ofSeconds(40)))
                .as("%s: it came to that commit", when)
                .isTrue();
        cluster.die();
        cluster.lead();
        cluster.awaitReady();
        var masters = cluster.servers.stream()
                .filter(server -> server.state().role() == ServerState.Role.MASTER)
                .map(LauncherServer::address)
                .toList();
        assertThat(masters).as(when).containsExactly(cluster.master().address());
        try (var client = cluster.client(cluster.master())) {
            assertThat(Replies.number(client.call("DBSIZE"))).as(when).isEqualTo(round);
            assertThat(Replies.text(client.call("GET", "key" + round))).as(when).isEqualTo("value" + round);
        }
    }

    private void write(RoleCluster cluster) throws IOException {
        round++;
        try (var client = cluster.client(cluster.master())) {
            client.call("SET", "key" + round, "value" + round);
            assertThat(Replies.number(client.call("WAIT", 1, 5000))).isEqualTo(1);
        }
    }

    private static void switchOver(RoleCluster cluster, String next) {
        try {
            cluster.roles().switchover(RoleCluster.GROUP, next);
        } catch (CodisException e) {
            // its dashboard is dead, nobody answers
        }
    }
}
