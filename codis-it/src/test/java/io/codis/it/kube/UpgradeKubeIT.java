package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.Seed;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * One version of the operator follows another that made other pods and had another image for clusters that name none.
 * {@code CODIS_TEST_NEWER_IMAGE} names a newer one's image; without it this one's takes over from what an older one might
 * have made.
 */
class UpgradeKubeIT {

    private static final String TEMPLATE = "k8s.infra.cn/template";
    private static final String OLDER = "{\"name\":\"OLDER\",\"value\":\"yes\"}";
    /** Nobody may run it. */
    private static final String ANOTHER_IMAGE = "codis:of-a-newer-operator";

    private static final Duration QUIET = Duration.ofSeconds(4);

    @Test
    void aNewerOperatorRestartsNothingUntilItIsAskedTo() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-upgrade")) {
            kube.keepingLogs("upgrade", () -> upgrade(kube));
        }
    }

    private static void upgrade(KubeCluster kube) {
        var load = new UnderLoad(kube, "shop", new Random(Seed.next()));
        kube.apply(ScenarioKubeIT.SPEC);
        kube.await("shop", KubeCluster::ready);
        asAnOlderOneMadeIt(kube);
        kube.awaitSettled("shop", QUIET);
        int pods = kube.podsOf("shop").size();
        assertThat(kube.podsOf("shop")).allMatch(UpgradeKubeIT::older);

        Map<String, Integer> before = runs(kube);
        load.run("a newer operator", 1000, () -> takeOver(kube));
        assertThat(runs(kube)).as("pods and restarts").isEqualTo(before);

        if (volumesMayGrow(kube)) {
            load.run("volumes grow, and their set is made anew", 1000, () -> grow(kube));
            assertThat(runs(kube)).as("pods and restarts").isEqualTo(before);
        }

        load.run("2 to 4 servers of it", 1000, () -> kube.scale("shop", 4));
        assertThat(runs(kube)).containsAllEntriesOf(before);
        assertThat(kube.podsOf("shop"))
                .hasSize(pods + 2)
                .allMatch(UpgradeKubeIT::older)
                .allSatisfy(pod -> assertThat(pod.getSpec().getContainers())
                        .extracting(Container::getImage)
                        .containsOnly(kube.image()));
        assertThat(kube.cluster("shop").orElseThrow().getStatus().image()).isEqualTo(kube.image());

        load.run("its own pods, when asked for", 5000, () -> {
            kube.edit("shop", "{\"metadata\":{\"annotations\":{\"k8s.infra.cn/restart\":\"now\"}}}");
            kube.await("shop", cluster -> kube.podsOf("shop").stream().noneMatch(UpgradeKubeIT::older));
        });
        assertThat(runs(kube)).doesNotContainKeys(before.keySet().toArray(String[]::new));
        assertThat(kube.restarts("shop")).isZero();
    }

    /** Only its notes: this operator makes the pods that they say. */
    private static void asAnOlderOneMadeIt(KubeCluster kube) {
        kube.operators(0);
        for (HasMetadata object : workloads(kube)) {
            String text = object.getMetadata().getAnnotations().get(TEMPLATE);
            String older = text.replace("\"env\":[", "\"env\":[" + OLDER + ",")
                    .replaceAll("(k8s.infra.cn/revision\":\")\\w+", "$1older");
            assertThat(older).isNotEqualTo(text);
            kube.client()
                    .resource(object)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\":{\"annotations\":{\"" + TEMPLATE + "\":" + Serialization.asJson(older)
                                    + "}}}");
        }
        kube.operators(1);
        kube.await("shop", cluster -> kube.podsOf("shop").stream().allMatch(UpgradeKubeIT::older));
    }

    private static List<HasMetadata> workloads(KubeCluster kube) {
        KubernetesClient client = kube.client();
        var all = new ArrayList<HasMetadata>();
        all.addAll(client.apps()
                .statefulSets()
                .inNamespace(kube.namespace())
                .list()
                .getItems());
        client.apps().deployments().inNamespace(kube.namespace()).list().getItems().stream()
                .filter(each -> each.getMetadata().getName().startsWith("shop-"))
                .forEach(all::add);
        return all;
    }

    private static void takeOver(KubeCluster kube) {
        String image =
                Optional.ofNullable(System.getenv("CODIS_TEST_NEWER_IMAGE")).orElse(kube.image());
        var deployment =
                kube.client().apps().deployments().inNamespace(kube.namespace()).withName(kube.namespace());
        deployment.edit(operator -> {
            Container container =
                    operator.getSpec().getTemplate().getSpec().getContainers().getFirst();
            container.setImage(image);
            container.getEnv().stream()
                    .filter(variable -> variable.getName().equals("CODIS_IMAGE"))
                    .forEach(variable -> variable.setValue(ANOTHER_IMAGE));
            return operator;
        });
        Awaitility.await("the newer operator, alone")
                .atMost(Duration.ofMinutes(2))
                .until(() -> replaced(deployment.get()));
        deployment.waitUntilReady(1, TimeUnit.MINUTES);
        Awaitility.await("the newer operator leads")
                .atMost(Duration.ofMinutes(1))
                .until(() -> kube
                        .client()
                        .pods()
                        .inNamespace(kube.namespace())
                        .withLabel("app.kubernetes.io/name", "codis-operator")
                        .list()
                        .getItems()
                        .stream()
                        .allMatch(pod -> pod.getMetadata().getName().equals(leader(kube))));
    }

    private static String leader(KubeCluster kube) {
        return kube.client()
                .leases()
                .inNamespace(kube.namespace())
                .withName("codis-operator")
                .get()
                .getSpec()
                .getHolderIdentity();
    }

    private static boolean volumesMayGrow(KubeCluster kube) {
        return kube.client().storage().v1().storageClasses().list().getItems().stream()
                .filter(each -> "true"
                        .equals(Optional.ofNullable(each.getMetadata().getAnnotations())
                                .map(notes -> notes.get("storageclass.kubernetes.io/is-default-class"))
                                .orElse("")))
                .anyMatch(each -> Boolean.TRUE.equals(each.getAllowVolumeExpansion()));
    }

    private static void grow(KubeCluster kube) {
        kube.edit("shop", "{\"spec\":{\"redisSpec\":{\"storageResources\":{\"requests\":{\"storage\":\"2Gi\"}}}}}");
        var set = kube.client()
                .apps()
                .statefulSets()
                .inNamespace(kube.namespace())
                .withName("shop-codis-server-statefulset");
        Awaitility.await("a set with larger volumes")
                .atMost(Duration.ofMinutes(1))
                .until(() -> set.get() != null
                        && set.get().getSpec().getVolumeClaimTemplates().stream()
                                .map(claim -> claim.getSpec()
                                        .getResources()
                                        .getRequests()
                                        .get("storage"))
                                .anyMatch(new Quantity("2Gi")::equals));
    }

    private static boolean replaced(Deployment operator) {
        var status = operator.getStatus();
        return operator.getMetadata().getGeneration().equals(status.getObservedGeneration())
                && Integer.valueOf(1).equals(status.getUpdatedReplicas())
                && Integer.valueOf(1).equals(status.getReplicas());
    }

    private static boolean older(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getEnv().stream()
                .anyMatch(variable -> variable.getName().equals("OLDER"));
    }

    /** How often the containers of each pod were started again, by its uid. */
    private static Map<String, Integer> runs(KubeCluster kube) {
        return kube.podsOf("shop").stream()
                .collect(Collectors.toMap(
                        pod -> pod.getMetadata().getName() + " "
                                + pod.getMetadata().getUid(),
                        pod -> pod.getStatus().getContainerStatuses().stream()
                                .mapToInt(status -> status.getRestartCount())
                                .sum()));
    }
}
