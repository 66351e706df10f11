package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.api.CodisCluster;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Fields whose effect only a real Kubernetes shows. */
class FieldsKubeIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String SERVER = "some-codis-server-statefulset-0";
    private static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: some}
            spec: {redisSpec: {replicas: 2, codisServerNumsPerGroup: 2MORE}TOP}
            """;

    @Test
    void withDeletionPolicyDeleteNothingIsLeft() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-delete")) {
            kube.apply(spec("", ", deletionPolicy: Delete"));
            kube.await("some", KubeCluster::ready);

            kube.deleteCluster("some");

            Awaitility.await("nothing left")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kube.leftBehind("some")).isEmpty());
        }
    }

    @Test
    void theClientsPasswordIsThatOfTheSecretAndFollowsIt() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-auth")) {
            password(kube, "first");
            kube.apply(spec("", ", proxySpec: {authSecret: {name: clients}}"));
            kube.await("some", KubeCluster::ready);
            assertThat(ping(kube, "first")).contains("PONG");
            assertThat(ping(kube, "second")).doesNotContain("PONG");

            password(kube, "second\nfirst");
            Awaitility.await("the new password")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ping(kube, "second")).contains("PONG"));
            kube.await("some", KubeCluster::ready);
            assertThat(ping(kube, "first")).as("clients still have it").contains("PONG");

            password(kube, "second");

            Awaitility.await("the former password is over")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ping(kube, "first")).doesNotContain("PONG"));
            kube.await("some", KubeCluster::ready);
            assertThat(ping(kube, "second")).contains("PONG");
            assertThat(kube.pods("proxy"))
                    .as("Ready means that the old ones are gone")
                    .hasSize(2);
            assertThat(kube.events("some"))
                    .filteredOn(event -> event.contains(" ReplacePods "))
                    .containsOnly("Normal ReplacePods replacing the pods of some-codis-proxy-deployment");

            kube.client()
                    .secrets()
                    .inNamespace(kube.namespace())
                    .withName("clients")
                    .delete();

            var status = kube.await(
                            "some",
                            cluster -> "Invalid".equals(cluster.getStatus().phase()))
                    .getStatus();
            assertThat(status.conditions())
                    .extracting(condition -> condition.type() + "=" + condition.status())
                    .containsExactly(
                            "Ready=False",
                            "Progressing=False",
                            "Available=True",
                            "ServersCurrent=True",
                            "PodsRunning=True");
            assertThat(kube.events("some"))
                    .filteredOn(event -> event.startsWith("Warning "))
                    .containsExactly("Warning InvalidArgument " + status.message());
        }
    }

    @Test
    void aPausedClusterIsLookedAtAndNotChanged() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-pause")) {
            kube.apply(spec("", ""));
            kube.await("some", KubeCluster::ready);
            List<String> before = servers(kube);

            kube.edit("some", "{\"spec\":{\"paused\":true,\"redisSpec\":{\"replicas\":4}}}");

            CodisCluster paused = kube.await(
                    "some", cluster -> "Paused".equals(cluster.getStatus().phase()));
            assertThat(paused.getStatus().message())
                    .startsWith("paused before: start some-codis-server-statefulset-g2-0, ")
                    .contains(" more");
            kube.client()
                    .services()
                    .inNamespace(kube.namespace())
                    .withName("some-codis-fe-service")
                    .delete();
            kube.edit("some", "{\"spec\":{\"redisSpec\":{\"replicas\":6}}}");
            kube.await(
                    "some",
                    cluster -> cluster.getMetadata()
                            .getGeneration()
                            .equals(cluster.getStatus().observedGeneration()));
            assertThat(servers(kube)).isEqualTo(before);
            assertThat(kube.client()
                            .services()
                            .inNamespace(kube.namespace())
                            .withName("some-codis-fe-service")
                            .get())
                    .isNull();
            assertThat(kube.events("some")).noneMatch(event -> event.startsWith("Warning "));

            kube.edit("some", "{\"spec\":{\"paused\":null,\"redisSpec\":{\"replicas\":4}}}");

            kube.await(
                    "some",
                    cluster -> KubeCluster.ready(cluster)
                            && "2/2".equals(cluster.getStatus().summary().groups()));
        }
    }

    @Test
    void volumesGrowWhileTheirServersGoOn() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-grow")) {
            Optional<StorageClass> growing = kube.client().storage().v1().storageClasses().list().getItems().stream()
                    .filter(each -> Boolean.TRUE.equals(each.getAllowVolumeExpansion()))
                    .findFirst();
            Assumptions.assumeTrue(growing.isPresent(), "no storage class allows volumes to grow");
            String name = growing.get().getMetadata().getName();
            kube.apply(spec(storage(name, "64Mi"), ""));
            kube.await("some", KubeCluster::ready);
            List<String> before = servers(kube);

            kube.apply(spec(storage(name, "128Mi"), ""));

            Awaitility.await("claims and a set of 128Mi").atMost(PATIENCE).untilAsserted(() -> {
                assertThat(kube.client()
                                .persistentVolumeClaims()
                                .inNamespace(kube.namespace())
                                .list()
                                .getItems())
                        .extracting(FieldsKubeIT::asked)
                        .containsExactly("128Mi", "128Mi");
                assertThat(kube.client()
                                .apps()
                                .statefulSets()
                                .inNamespace(kube.namespace())
                                .list()
                                .getItems())
                        .flatExtracting(set -> set.getSpec().getVolumeClaimTemplates())
                        .extracting(FieldsKubeIT::asked)
                        .containsExactly("128Mi");
            });
            kube.awaitSettled("some", Duration.ofSeconds(10));
            assertThat(servers(kube)).isEqualTo(before);
        }
    }

    @Test
    void withoutStorageAClusterBeginsAgainWhenAllItsServersWereGoneAtOnce() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-afresh")) {
            kube.apply(spec("", ""));
            kube.await("some", KubeCluster::ready);

            kube.killServers("some");

            kube.await("some", cluster -> KubeCluster.ready(cluster) && gone(cluster));
            assertThat(kube.events("some"))
                    .anySatisfy(event -> assertThat(event)
                            .startsWith("Warning DataGone the data of group 1 is gone")
                            .contains("redisSpec.storageResources"));

            kube.deleteCluster("some");
            kube.apply(spec("", ""));
            kube.await("some", cluster -> KubeCluster.ready(cluster) && gone(cluster));
        }
    }

    @Test
    void safetyRule18VolumesThatCameBackEmptyAreForAPersonToDecide() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-decide")) {
            String storage = ", storageResources: {requests: {storage: 64Mi}}";
            kube.apply(spec(storage, ""));
            kube.await("some", KubeCluster::ready);
            kube.deleteCluster("some");
            kube.apply(spec("", ""));
            kube.await("some", said("claim data-some-codis-server-statefulset-0 has the data of a former cluster"));
            kube.deleteCluster("some");
            kube.client().persistentVolumeClaims().inNamespace(kube.namespace()).delete();

            kube.apply(spec(storage, ""));

            kube.await(
                    "some",
                    said(
                            "came back without the group's data; bring that data back, or give it up: codis --context CONTEXT -n "
                                    + kube.namespace() + " --cluster some failover 1 --accept-loss"));
            assertThat(kube.events("some"))
                    .anySatisfy(event -> assertThat(event).startsWith("Warning NeedsDecision "));
            assertThat(ContextKubeIT.codis(kube, "failover", "1", "--accept-loss")
                            .text())
                    .contains("is the master with 0 keys; what only others had is lost");
            kube.await("some", KubeCluster::ready);
        }
    }

    private static boolean gone(CodisCluster cluster) {
        return cluster.getStatus().conditions().stream()
                .anyMatch(condition -> condition.type().equals("DataGone")
                        && condition.status().equals("True"));
    }

    private static Predicate<CodisCluster> said(String message) {
        return cluster -> cluster.getStatus() != null
                && String.valueOf(cluster.getStatus().message()).contains(message);
    }

    @Test
    void aLoadBalancersAddressIsWhereClientsConnect() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-balanced")) {
            kube.apply(spec("", ", proxySpec: {serviceType: LoadBalancer, servicePort: 6379}"));
            kube.await("some", KubeCluster::ready);
            Assumptions.assumeFalse(
                    kube.endpoints("some", "proxy").isEmpty(), "nobody here gives load balancers an address");

            String address = kube.endpoints("some", "proxy").getFirst();

            assertThat(address).endsWith(":6379");
            try (RespConnection client = RespConnection.open(address, Duration.ofSeconds(5))) {
                assertThat(client.call("SET", "hello", "world")).isEqualTo(new Reply.Status("OK"));
            }
            assertThat(kube.cluster("some").orElseThrow().getStatus().address()).isEqualTo(address);
        }
    }

    private static String spec(String more, String top) {
        return SPEC.replace("MORE", more).replace("TOP", top);
    }

    private static String storage(String storageClass, String size) {
        return ", storageClassName: " + storageClass + ", storageResources: {requests: {storage: " + size + "}}";
    }

    private static String asked(PersistentVolumeClaim claim) {
        return claim.getSpec().getResources().getRequests().get("storage").toString();
    }

    private static List<String> servers(KubeCluster kube) {
        return kube.podsOf("some").stream()
                .filter(pod -> pod.getMetadata().getName().contains("-server-"))
                .map((Pod pod) -> pod.getMetadata().getUid())
                .sorted()
                .toList();
    }

    private static void password(KubeCluster kube, String password) {
        kube.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("clients")
                        .withNamespace(kube.namespace())
                        .endMetadata()
                        .addToStringData("password", password)
                        .build())
                .forceConflicts()
                .serverSideApply();
    }

    private static String ping(KubeCluster kube, String password) {
        return kube.exec(
                SERVER,
                "codis-server",
                "valkey-cli",
                "-h",
                "some-codis-proxy-service",
                "-p",
                "19000",
                "--no-auth-warning",
                "-a",
                password,
                "PING");
    }
}
