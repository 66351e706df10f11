package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.Engine;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistoryReport;
import io.codis.testkit.history.HistorySettings;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A replica begins anew with an empty volume, and has all that its group has when it is master itself. */
class ReplaceMemberIT {

    private static final int KEYS = Integer.getInteger("keys", 5_000);
    private static final Duration LONG = Duration.ofSeconds(180);
    /** Milliseconds: a replica that goes and comes is nothing to clients, and a switchover next to nothing. */
    private static final long NOTICED = 1000;

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aReplicaTakesAllFromItsMaster(Engine engine) {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                try (HistoryChecker history =
                        HistoryChecker.start(HistorySettings.of(cluster.endpoints(), seed), cluster::groupOfSlot)) {
                    ClusterScenarioIT.awaitWrites(history, 500);
                    String master = cluster.master(1);
                    String replica = replica(cluster, master);
                    refused(cluster, master, master + " is the master of group 1", "failover 1");
                    refused(cluster, "server-9-9", "there is no server server-9-9; use one of " + master);
                    long before = cluster.enginePid(replica).orElseThrow();

                    assertThat(cluster.command("replace-member", replica)).contains(replica + " begins anew");
                    Awaitility.await("another engine")
                            .atMost(LONG)
                            .until(() -> cluster.enginePid(replica)
                                    .filter(pid -> pid != before)
                                    .isPresent());
                    // what the dashboard knows of it may still be of before
                    cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                    assertThat(cluster.switchOver(1)).isEqualTo(replica);
                    cluster.awaitReady(LONG);
                    ClusterScenarioIT.awaitWrites(history, 500);

                    HistoryReport report = history.finish();
                    System.out.println("replace a member, " + engine + ": " + report);
                    report.requireClean();
                    assertThat(report.longestGaps().values()).allMatch(gap -> gap <= Busy.allowed(NOTICED));
                }
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    private static String replica(LocalCluster cluster, String master) {
        return cluster.processes("server-1-").stream()
                .filter(name -> !name.equals(master))
                .findFirst()
                .orElseThrow();
    }

    private static void refused(LocalCluster cluster, String server, String... words) {
        assertThatThrownBy(() -> cluster.command("replace-member", server)).hasMessageContainingAll(words);
    }
}
