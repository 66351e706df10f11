package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistorySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A dashboard that has lost its lease goes on in the same process, and so does what it was doing. */
class LostLeaseIT {

    private static final int KEYS = Integer.getInteger("keys", 5_000);
    private static final Duration LONG = Duration.ofSeconds(180);

    @Test
    void slotsGoOnMovingUnderClientsWhenTheLeaseIsLostAgainAndAgain() {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(Engines.redis62(), new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                long pid = cluster.pid("dashboard").orElseThrow();
                try (HistoryChecker history =
                        HistoryChecker.start(HistorySettings.of(cluster.endpoints(), seed), cluster::groupOfSlot)) {
                    cluster.dashboard("slots/action/interval", "300000");
                    cluster.beginMove(1, 2, 400);
                    for (int lost = 1; lost <= 3; lost++) {
                        cluster.await("keys are on both sides", LONG, s -> cluster.keysMoved() > 0);
                        cluster.loseLease();
                        awaitLog(cluster, "event=leading", lost + 1);
                    }
                    assertThat(cluster.dashboardStats()
                                    .at("/slot_action/interval")
                                    .asInt())
                            .as("what people have turned stays")
                            .isEqualTo(300_000);
                    cluster.dashboard("slots/action/interval", "0");
                    cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                    cluster.switchOver(1);
                    cluster.awaitReady(LONG);
                    ClusterScenarioIT.awaitWrites(history, 500);
                    history.finish().requireClean();
                }
                awaitLog(cluster, "event=deposed", 3);
                assertThat(cluster.pid("dashboard")).hasValue(pid);
                assertThat(cluster.groupOfSlot(0)).isEqualTo(2);
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    private static void awaitLog(LocalCluster cluster, String event, int times) {
        Awaitility.await(times + " times " + event)
                .atMost(LONG)
                .until(() -> log(cluster).split(event, -1).length > times);
    }

    private static String log(LocalCluster cluster) {
        try {
            return Files.readString(cluster.logs().resolve("dashboard.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
