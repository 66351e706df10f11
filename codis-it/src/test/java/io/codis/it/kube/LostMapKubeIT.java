package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The object that holds groups and slots is deleted; the servers know them, too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostMapKubeIT {

    private static final String SHOP = "shop";
    private static final String MAP = "codis-shop";
    private static final String REPLICA = "shop-codis-server-statefulset-1";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Dataset data = Dataset.of(Seed.next(), 2000);
    private KubeCluster kube;

    @BeforeAll
    void aCluster() throws IOException {
        kube = KubeCluster.open("codis-lost-map");
        kube.apply(ScenarioKubeIT.SPEC.replace("replicas: 2\n    codis", "replicas: 4\n    codis"));
        kube.keepingLogs("lost-map-start", () -> kube.await(SHOP, KubeCluster::ready));
        data.load(kube.endpoints(SHOP, "proxy"));
    }

    @AfterAll
    void gone() throws IOException {
        if (kube != null) {
            kube.close();
        }
    }

    @Test
    void safetyRule18AMapThatIsDeletedComesBackFromTheServers() {
        kube.keepingLogs("lost-map", () -> {
            loseMap();

            Awaitility.await("the map is back").atMost(PATIENCE).until(this::mapExists);
            kube.awaitSettled(SHOP, Duration.ofSeconds(4));
            data.requireIntact(kube.endpoints(SHOP, "proxy"));
        });
    }

    @Test
    void safetyRule18WithAVolumeLostAsWellAPersonIsAsked() {
        kube.keepingLogs("lost-map-and-volume", () -> {
            kube.client()
                    .persistentVolumeClaims()
                    .inNamespace(kube.namespace())
                    .withName("data-" + REPLICA)
                    .delete();
            loseMap();
            kill(REPLICA);

            kube.await(
                    SHOP,
                    cluster -> String.valueOf(cluster.getStatus().message()).contains("rebuild --accept-loss"));
            assertThat(kube.events(SHOP)).anySatisfy(event -> assertThat(event).startsWith("Warning CoordinatorLost "));
            assertThat(ContextKubeIT.codis(kube, "rebuild", "--accept-loss").text())
                    .contains("the map is back: 2 groups, 4 servers, 1024 slots");
            kube.awaitSettled(SHOP, Duration.ofSeconds(4));
            data.requireIntact(kube.endpoints(SHOP, "proxy"));
        });
    }

    /** And everybody who remembers it but the servers. */
    private void loseMap() {
        kube.client().configMaps().inNamespace(kube.namespace()).withName(MAP).delete();
        kube.pods("dashboard").forEach(this::kill);
    }

    private boolean mapExists() {
        return kube.client()
                        .configMaps()
                        .inNamespace(kube.namespace())
                        .withName(MAP)
                        .get()
                != null;
    }

    private void kill(String pod) {
        kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(pod)
                .withGracePeriod(0)
                .delete();
    }
}
