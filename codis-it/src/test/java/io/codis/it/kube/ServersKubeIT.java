package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.Seed;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What happens to one server of a group of two: the history checker's clients notice a failover, and no more. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServersKubeIT {

    private static final String SHOP = "shop";
    private static final String SPEC = ScenarioKubeIT.SPEC.replace(
            "codisServerResources: {requests: {cpu: 50m, memory: 64Mi}}",
            "codisServerResources: {requests: {cpu: 50m, memory: 64Mi}, limits: {memory: 320Mi}}");
    private static final long DEATH = 5000;

    /** Of 400 writes per second, those which a master has answered and not sent yet when it is gone at once. */
    private static final int UNREPLICATED = 40;

    private KubeCluster kube;
    private UnderLoad load;

    @BeforeAll
    void aCluster() throws IOException {
        kube = KubeCluster.open("codis-servers");
        load = new UnderLoad(kube, SHOP, new Random(Seed.next())).losing(UNREPLICATED);
        kube.apply(SPEC);
        kube.keepingLogs("servers-start", () -> kube.await(SHOP, KubeCluster::ready));
    }

    @AfterAll
    void gone() throws IOException {
        if (kube != null) {
            kube.close();
        }
    }

    @Test
    void aMasterIsKilledForItsMemory() {
        kube.keepingLogs("memory", () -> {
            String master = master();
            load.run("a master beyond its memory limit", 2 * DEATH, () -> {
                takeMemory(master);
                Awaitility.await(master + " was killed for its memory")
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> lastEnd(master).equals(Optional.of("OOMKilled")));
            });
            assertThat(master()).isNotEqualTo(master);
        });
    }

    /** Its candidate has all that was acknowledged and replicated; the empty one takes that from it. */
    @Test
    void safetyRule10AMasterWhoseVolumeIsWipedIsMasterNoMore() {
        kube.keepingLogs("wiped", () -> {
            String master = master();
            load.run("a master's volume wiped", DEATH, () -> {
                kube.exec(master, "codis-server", "sh", "-c", "rm -rf /data/* /data/.[!.]*");
                kube.client()
                        .pods()
                        .inNamespace(kube.namespace())
                        .withName(master)
                        .withGracePeriod(0)
                        .delete();
                Awaitility.await(master + " is master no more")
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> !master().equals(master));
            });
            assertThat(master()).isNotEqualTo(master);
        });
    }

    /**
     * With processes so small that the kernel finds none bigger than the launcher, with which the container ends. It looks for
     * memory elsewhere first, and all stand meanwhile.
     */
    private void takeMemory(String pod) {
        try {
            kube.exec(
                    pod,
                    "codis-server",
                    "sh",
                    "-c",
                    "for i in $(seq 100); do { head -c 4000000 /dev/zero; sleep 60; } | tail & done; wait");
        } catch (AssertionError e) {
            // the connection ends with the container
        }
    }

    private Optional<String> lastEnd(String pod) {
        return kube.podsOf(SHOP).stream()
                .filter(each -> each.getMetadata().getName().equals(pod))
                .flatMap(each -> each.getStatus().getContainerStatuses().stream())
                .map(ContainerStatus::getLastState)
                .filter(state -> state.getTerminated() != null)
                .map(state -> state.getTerminated().getReason())
                .findFirst();
    }

    private String master() {
        return ScenarioKubeIT.master(kube);
    }
}
