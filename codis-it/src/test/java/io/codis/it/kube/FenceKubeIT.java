package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.api.CodisCluster;
import io.codis.testkit.Seed;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A person takes a server out of its group, with {@code codis --context … fence}, and gives it back (decision 35). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FenceKubeIT {

    private static final String SHOP = "shop";
    private static final String FIRST = "shop-codis-server-statefulset-0";
    private static final String SECOND = "shop-codis-server-statefulset-1";
    private static final long PLANNED = 1000;

    private KubeCluster kube;
    private UnderLoad load;

    @BeforeAll
    void aCluster() throws IOException {
        kube = KubeCluster.open("codis-fence");
        load = new UnderLoad(kube, SHOP, new Random(Seed.next()));
        kube.apply(ScenarioKubeIT.SPEC);
        kube.keepingLogs("fence-start", () -> kube.await(SHOP, KubeCluster::ready));
    }

    @AfterAll
    void gone() throws IOException {
        if (kube != null) {
            kube.close();
        }
    }

    @Test
    void aFencedServerStaysSoWhateverHappensToItsPodAndFollowsAgainAfterwards() {
        kube.keepingLogs(
                "fence",
                () -> load.run("a master fenced, its pod deleted, unfenced", PLANNED, () -> {
                    assertThat(master()).isEqualTo(FIRST);

                    assertThat(codis("fence", FIRST)).contains(FIRST + " is fenced", SECOND + " is the master");

                    kube.await(SHOP, cluster -> fenced(cluster) && SECOND.equals(master(cluster)));
                    assertThat(kube.events(SHOP))
                            .anySatisfy(event -> assertThat(event).contains(" Fenced "));
                    replaceFenced();
                    assertThat(codis("fence", FIRST)).contains("is fenced already");
                    assertThat(codis("fence", SECOND)).contains("would serve nobody", "unfence");
                    assertThat(master()).isEqualTo(SECOND);

                    assertThat(codis("unfence", FIRST)).contains("takes part again");

                    kube.await(
                            SHOP,
                            cluster -> !fenced(cluster)
                                    && "2/2"
                                            .equals(cluster.getStatus()
                                                    .summary()
                                                    .servers()));
                }));
    }

    private String codis(String... arguments) {
        return ContextKubeIT.codis(kube, arguments).text();
    }

    /** The pod that comes is fenced as well, so it is not ready. */
    private void replaceFenced() {
        String before = uid();
        kube.deletePod(FIRST);
        Awaitility.await("another " + FIRST + " that runs")
                .atMost(Duration.ofMinutes(2))
                .until(() -> kube.podsOf(SHOP).stream()
                        .anyMatch(pod -> pod.getMetadata().getName().equals(FIRST)
                                && !pod.getMetadata().getUid().equals(before)
                                && pod.getStatus().getPhase().equals("Running")));
    }

    private String uid() {
        return kube.podsOf(SHOP).stream()
                .filter(pod -> pod.getMetadata().getName().equals(FIRST))
                .findFirst()
                .orElseThrow()
                .getMetadata()
                .getUid();
    }

    private String master() {
        return master(kube.await(SHOP, cluster -> true));
    }

    private static String master(CodisCluster cluster) {
        return String.valueOf(cluster.getStatus().groups().getFirst().master());
    }

    private static boolean fenced(CodisCluster cluster) {
        return cluster.getStatus().conditions().stream()
                .anyMatch(condition -> condition.type().equals("Fenced")
                        && condition.status().equals("True")
                        && condition.message().contains(FIRST));
    }
}
