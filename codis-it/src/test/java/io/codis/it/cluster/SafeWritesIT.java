package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Seed;
import io.codis.testkit.history.Gap;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistoryReport;
import io.codis.testkit.history.HistorySettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 16 in a group of three: one replica that is away delays writes, and no client is told that an outcome is unknown. */
class SafeWritesIT {

    private static final Duration LONG = Duration.ofSeconds(180);
    /** Milliseconds; a write that is not acknowledged within 5 s gets an error. */
    private static final long NOTICED = 4000;

    private static final Duration AWAY = Duration.ofSeconds(8);

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void safetyRule16WritesGoOnWithoutOneReplicaOfTwo(Engine engine) {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(1, 3, 1, true))) {
            cluster.keepingLogs(() -> {
                try (HistoryChecker history = HistoryChecker.start(
                        HistorySettings.of(cluster.endpoints(), seed).withTimeout(Duration.ofSeconds(10)),
                        cluster::groupOfSlot)) {
                    ClusterScenarioIT.awaitWrites(history, 500);
                    String replica = aReplica(cluster);
                    freeze(cluster, replica);
                    cluster.awaitReady(LONG);
                    ClusterScenarioIT.awaitWrites(history, 500);
                    ChildProcess.signal(cluster.pid(replica).orElseThrow(), "KILL");
                    ClusterScenarioIT.awaitWrites(history, 500);
                    cluster.awaitReady(LONG);
                    HistoryReport report = history.finish();
                    System.out.println("safe writes, " + engine + ": " + report);
                    report.requireClean();
                    long gap = report.longestGap(0, Long.MAX_VALUE, each -> true)
                            .map(Gap::millis)
                            .orElse(0L);
                    assertThat(gap).as("milliseconds without a write").isLessThan(Busy.allowed(NOTICED));
                    if (gap < NOTICED) {
                        assertThat(report.unknown())
                                .as("writes of unknown outcome")
                                .isZero();
                    }
                }
            });
        }
    }

    private static String aReplica(LocalCluster cluster) {
        String master = cluster.master(1);
        return cluster.processes("server-").stream()
                .filter(name -> !name.equals(master))
                .findFirst()
                .orElseThrow();
    }

    /** Launcher and engine: to all others its machine is silent. */
    private static void freeze(LocalCluster cluster, String server) {
        List<Long> pids = Stream.concat(cluster.pid(server).stream(), cluster.enginePid(server).stream())
                .toList();
        pids.forEach(pid -> ChildProcess.signal(pid, "STOP"));
        try {
            Awaitility.await()
                    .pollDelay(AWAY.toMillis(), TimeUnit.MILLISECONDS)
                    .atMost(LONG)
                    .until(() -> true);
        } finally {
            pids.forEach(pid -> ChildProcess.signal(pid, "CONT"));
        }
    }
}
