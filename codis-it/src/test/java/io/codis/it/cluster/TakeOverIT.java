package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.problem.CodisException;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistorySettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two dashboards: the one that leads is killed in the middle of what it does, and the other one goes on with it. */
class TakeOverIT {

    private static final int KEYS = Integer.getInteger("keys", 5_000);
    private static final Duration LONG = Duration.ofSeconds(180);
    /** The directory's lock ends with the process that holds it. */
    private static final long TAKE_OVER = 2000;

    private final ApiClient client = ApiClient.create(Duration.ofSeconds(30));

    @Test
    void theOtherDashboardGoesOnWithMovesAndWithAPromotion() {
        long seed = Seed.next();
        try (client;
                LocalCluster cluster = LocalCluster.start(Engines.redis62(), new Shape(2, 2, 1));
                ChildProcess standby = cluster.startStandby()) {
            cluster.keepingLogs(() -> {
                awaitReady(cluster.standby(), "ok: standby of " + cluster.dashboard());
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                try (HistoryChecker history =
                        HistoryChecker.start(HistorySettings.of(cluster.endpoints(), seed), cluster::groupOfSlot)) {
                    change(cluster.standby(), "slots/action/interval", "300000");
                    change(cluster.standby(), "slots/action/create-some", "1/2/400");
                    cluster.await("keys are on both sides", LONG, s -> cluster.keysMoved() > 0);
                    takeOver("while slots move", cluster.pid("dashboard").orElseThrow(), cluster.standby());
                    awaitReady(cluster.dashboard(), "ok: standby of " + cluster.standby());
                    assertThat(cluster.dashboardStats()
                                    .at("/slot_action/interval")
                                    .asInt())
                            .as("what people have turned goes on")
                            .isEqualTo(300_000);
                    change(cluster.dashboard(), "slots/action/interval", "0");
                    cluster.awaitSettled(Duration.ofSeconds(4), LONG);

                    Thread promotion = Thread.ofVirtual().start(() -> promote(cluster));
                    takeOver("while a master is replaced", standby.pid(), cluster.dashboard());
                    cluster.awaitSettled(Duration.ofSeconds(4), LONG);
                    promotion.interrupt();
                    ClusterScenarioIT.awaitWrites(history, 500);
                    history.finish().requireClean();
                }
                assertThat(cluster.groupOfSlot(0)).isEqualTo(2);
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    private void takeOver(String when, long leader, String heir) {
        ChildProcess.signal(leader, "KILL");
        long killed = System.nanoTime();
        awaitReady(heir, "ok");
        long millis = (System.nanoTime() - killed) / 1_000_000;
        System.out.println("take-over on a directory, " + when + ": " + millis + " ms");
        assertThat(millis).isLessThan(Busy.allowed(TAKE_OVER));
    }

    private static void promote(LocalCluster cluster) {
        try {
            cluster.switchOver(1);
        } catch (CodisException e) {
            // its dashboard was killed
        }
    }

    private void change(String dashboard, String operation, String rest) {
        client.put("http://" + dashboard + "/api/topom/" + operation + "/" + Xauth.ofDashboard(LocalCluster.PRODUCT)
                + "/" + rest);
    }

    private void awaitReady(String dashboard, String text) {
        Awaitility.await(dashboard + " says " + text)
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(20))
                .ignoreException(CodisException.class)
                .until(() -> new String(client.getBytes("http://" + dashboard + "/readyz"), StandardCharsets.UTF_8)
                        .equals(text + "\n"));
    }
}
