package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ClusterStatus.ServerStatus;
import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.ChildProcess;
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

/** A person fences a master under load, everything of it dies, and it is an ordinary member again (decision 35). */
class FenceServerIT {

    private static final int KEYS = Integer.getInteger("keys", 5_000);
    private static final Duration LONG = Duration.ofSeconds(120);
    /** Milliseconds, of a switchover: a process that is killed besides serves nobody. */
    private static final long NOTICED = 1000;

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aFencedMasterCostsASwitchoverAndStaysFencedUntilItIsUnfenced(Engine engine) {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                try (HistoryChecker history =
                        HistoryChecker.start(HistorySettings.of(cluster.endpoints(), seed), cluster::groupOfSlot)) {
                    ClusterScenarioIT.awaitWrites(history, 500);
                    String fenced = cluster.master(1);

                    String answer = cluster.command("fence", fenced);

                    String master = cluster.master(1);
                    assertThat(answer)
                            .contains(
                                    fenced + " is fenced until you unfence it",
                                    master + " is the master of group 1",
                                    "no replica left");
                    assertThat(cluster.command("fence", fenced)).contains("is fenced already; nothing was changed");
                    refused(cluster, master, "would serve nobody", "unfence one of");
                    awaitFenced(cluster, fenced);
                    killEngineAndLauncher(cluster, fenced);
                    cluster.restart("dashboard", "KILL", LONG);
                    awaitFenced(cluster, fenced);
                    assertThat(cluster.command("status")).contains("fenced by a person, until: ", "unfence " + fenced);

                    assertThat(cluster.command("unfence", fenced)).contains("takes part again");
                    assertThat(cluster.command("unfence", fenced)).contains("is not fenced; nothing was changed");
                    cluster.await(
                            "in sync again",
                            LONG,
                            status -> state(status, fenced).equals("in sync"));
                    assertThat(cluster.switchOver(1)).isEqualTo(fenced);
                    cluster.awaitReady(LONG);
                    ClusterScenarioIT.awaitWrites(history, 500);

                    HistoryReport report = history.finish();
                    System.out.println("fence a master, " + engine + ": " + report);
                    report.requireClean();
                    assertThat(report.longestGaps().values()).allMatch(gap -> gap <= Busy.allowed(NOTICED));
                }
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    private static void killEngineAndLauncher(LocalCluster cluster, String server) {
        long before = cluster.enginePid(server).orElseThrow();
        ChildProcess.signal(before, "KILL");
        cluster.restart(server, "KILL", LONG);
        Awaitility.await("another engine")
                .atMost(LONG)
                .until(() ->
                        cluster.enginePid(server).filter(pid -> pid != before).isPresent());
    }

    private static void awaitFenced(LocalCluster cluster, String server) {
        cluster.await(
                server + " is fenced",
                LONG,
                status -> state(status, server).equals("fenced by a person")
                        && status.phase() == ClusterStatus.Phase.READY);
    }

    private static String state(ClusterStatus status, String server) {
        return status.groups().stream()
                .flatMap(group -> group.servers().stream())
                .filter(each -> each.name().equals(server))
                .map(ServerStatus::state)
                .findFirst()
                .orElse("");
    }

    private static void refused(LocalCluster cluster, String server, String... words) {
        assertThatThrownBy(() -> cluster.command("fence", server)).hasMessageContainingAll(words);
    }
}
