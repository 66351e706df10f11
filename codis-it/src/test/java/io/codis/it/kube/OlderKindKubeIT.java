package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.operator.alpha.AlphaCluster;
import io.codis.operator.api.CodisCluster;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kind of an older operator, as its user would go on with it: its sample is created, scaled and deleted. */
class OlderKindKubeIT {

    private static final String NAME = "sample";
    /** Without etcd. */
    private static final String SMALL = """
            apiVersion: codis.k8s.io/v1alpha1
            kind: CodisCluster
            metadata: {name: sample}
            spec:
              coordinatorName: filesystem
              coordinatorAddr: builtin
              codisProxy: {replicas: 1}
              codisServer: SERVERS
            """;

    private KubeCluster kube;

    @AfterEach
    void asBefore() throws IOException {
        if (kube != null) {
            kube.close();
        }
    }

    @Test
    void itsSampleIsCreatedScaledAndDeleted() throws IOException {
        kube = KubeCluster.open("codis-older");
        EtcdPod.start(kube);
        String sample = Files.readString(Path.of("../config/samples/codis_v1alpha1_codiscluster.yaml"))
                .replaceAll("image: \\S+", "image: " + kube.image());
        kube.keepingLogs("older", () -> {
            kube.create(sample);
            kube.await(NAME, KubeCluster::ready);
            await("the same status", status -> status.equals("Ready 1/1 1024/1024 2/2"));
            HorizontalPodAutoscaler autoscaler = kube.client()
                    .autoscaling()
                    .v2()
                    .horizontalPodAutoscalers()
                    .inNamespace(kube.namespace())
                    .withName(NAME + "-codis-proxy-deployment")
                    .get();
            assertThat(autoscaler.getSpec().getMaxReplicas()).isEqualTo(5);

            var load = new UnderLoad(kube, NAME, new Random(7)).withPassword("session");
            load.run("2 to 4 servers of the older kind", 1000, () -> {
                older().scale(4);
                await("two groups", status -> status.equals("Ready 2/2 1024/1024 4/4"));
            });

            assertThatThrownBy(() -> edit("{\"spec\":{\"codisServer\":{\"replicas\":3}}}"))
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("replicas is not a multiple of groupReplicas");
            edit("{\"spec\":{\"codisFe\":{\"image\":\"other:1\"}}}");
            await("two images", status -> status.startsWith("Invalid"));
            assertThat(older().get().getStatus().message()).contains("different images", "other:1");
            edit("{\"spec\":{\"codisFe\":{\"image\":\"" + kube.image() + "\"}}}");
            await("as before", status -> status.equals("Ready 2/2 1024/1024 4/4"));
            List<String> started = kube.pods("proxy");

            older().delete();

            Awaitility.await("nothing left")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> kube.cluster(NAME).isEmpty()
                            && kube.podsOf(NAME).isEmpty()
                            && kube.pods("proxy").isEmpty());
            assertThat(started).hasSizeGreaterThanOrEqualTo(2);
        });
    }

    @Test
    void aClusterOfThatNameThatIsSomebodyElsesIsLeftAlone() throws IOException {
        kube = KubeCluster.open("codis-foreign");
        kube.keepingLogs("older-foreign", () -> {
            kube.create("""
                    apiVersion: k8s.infra.cn/v1
                    kind: CodisCluster
                    metadata: {name: sample}
                    spec:
                      redisSpec: {replicas: 1, codisServerNumsPerGroup: 1}
                    """);

            kube.create(SMALL.replace("SERVERS", "{replicas: 4}"));

            await("refused", status -> status.startsWith("Invalid"));
            assertThat(older().get().getStatus().message()).contains("which is not this one's");
            CodisCluster theirs = kube.cluster(NAME).orElseThrow();
            assertThat(theirs.getSpec().redisSpec().replicas).isEqualTo(1);
            assertThat(theirs.getMetadata().getOwnerReferences()).isEmpty();
        });
    }

    @Test
    void whoLeavesTheOlderKindKeepsTheCluster() throws IOException {
        kube = KubeCluster.open("codis-left");
        kube.keepingLogs("older-left", () -> {
            kube.create(SMALL.replace("SERVERS", "{replicas: 1, groupReplicas: 1}"));
            kube.await(NAME, KubeCluster::ready);
            List<String> before = uids();

            older().withPropagationPolicy(DeletionPropagation.ORPHAN).delete();

            Awaitility.await("gone").atMost(Duration.ofMinutes(1)).until(() -> older().get() == null);
            kube.awaitSettled(NAME, Duration.ofSeconds(5));
            CodisCluster left = kube.cluster(NAME).orElseThrow();
            assertThat(left.getMetadata().getOwnerReferences()).isEmpty();
            assertThat(uids()).isEqualTo(before);
        });
    }

    private List<String> uids() {
        return kube.podsOf(NAME).stream()
                .map(pod -> pod.getMetadata().getUid())
                .sorted()
                .toList();
    }

    private void edit(String mergePatch) {
        older().patch(PatchContext.of(PatchType.JSON_MERGE), mergePatch);
    }

    private Resource<AlphaCluster> older() {
        return kube.client()
                .resources(AlphaCluster.class)
                .inNamespace(kube.namespace())
                .withName(NAME);
    }

    /** Phase, groups, slots and servers. */
    private void await(String what, Predicate<String> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(5))
                .untilAsserted(() -> assertThat(seen()).as(what).matches(condition));
    }

    private String seen() {
        AlphaCluster now = older().get();
        return Optional.ofNullable(now.getStatus())
                .map(status -> status.phase()
                        + Optional.ofNullable(status.summary())
                                .map(all -> " " + all.groups() + " " + all.slots() + " " + all.servers())
                                .orElse(""))
                .orElse("none");
    }
}
