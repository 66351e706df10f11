package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.desired.ObjectNames;
import io.codis.testkit.Seed;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Nodes are drained, lose their power and are cut off, name service and API server stop, with clients at work. Each ends
 * Ready and without a lost write.
 *
 * <p>{@code CODIS_FAULTS} is a command that does it: {@code node stop|start|partition|heal NODE}, {@code outage begin|end
 * dns|api}. Without it only nodes are drained. Nobody else may use the cluster meanwhile.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodesKubeIT {

    private static final String SHOP = "shop";
    private static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: shop}
            spec:
              dashboardSpec: {codisDashboardResources: {requests: {cpu: 50m, memory: 64Mi}}}
              feSpec: {replicas: 0}
              haSpec: {codisHaResources: {requests: {cpu: 50m, memory: 64Mi}}}
              proxySpec:
                serviceType: NodePort
                codisProxyResources: {requests: {cpu: 50m, memory: 64Mi}}
              redisSpec:
                replicas: 4
                codisServerNumsPerGroup: 2
                antiAffinity: Required
                codisServerResources: {requests: {cpu: 50m, memory: 64Mi}}
                storageResources: {requests: {storage: 1Gi}}
            """;

    /** What clients may notice, milliseconds: of a planned hand-over; of a node that is silent all at once. */
    private static final long PLANNED = 1500;

    private static final long SILENT = 25_000;
    /** Writes of a tenth of a second: replicas are a few milliseconds behind. */
    private static final int UNREPLICATED = 40;
    /** Kubernetes needs 40 to 50 s to see that a node is gone, and 5 more to make its stateless pods elsewhere. */
    private static final Duration POWERLESS = Duration.ofSeconds(90);

    private static final Duration OUTAGE = Duration.ofSeconds(120);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Optional<String> faults = Optional.ofNullable(System.getenv("CODIS_FAULTS"));
    private KubeCluster kube;
    private UnderLoad load;

    @BeforeAll
    void aCluster() throws IOException {
        kube = KubeCluster.open("codis-nodes");
        Assumptions.assumeTrue(nodes().size() >= 3, "one node goes, and members of a group are never together");
        load = new UnderLoad(kube, SHOP, new Random(Seed.next()));
        kube.apply(SPEC);
        kube.keepingLogs("nodes-start", () -> kube.await(SHOP, KubeCluster::ready));
    }

    @AfterAll
    void gone() throws IOException {
        if (kube != null) {
            kube.close();
        }
    }

    @Test
    void eachNodeIsDrained() {
        for (String node : nodes()) {
            kube.keepingLogs(
                    "drain-" + node,
                    () -> load.run("drain of " + node, PLANNED, () -> {
                        kube.client().nodes().withName(node).edit(found -> {
                            found.getSpec().setUnschedulable(true);
                            return found;
                        });
                        try {
                            Awaitility.await("drain of " + node)
                                    .atMost(PATIENCE)
                                    .until(() -> evicted(node));
                        } finally {
                            kube.client().nodes().withName(node).edit(found -> {
                                found.getSpec().setUnschedulable(null);
                                return found;
                            });
                        }
                    }));
        }
    }

    /** As {@code kubectl drain} does: again and again, until a budget allows it. */
    private boolean evicted(String node) {
        List<Pod> there = kube.podsOf(SHOP).stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .toList();
        for (Pod pod : there) {
            try {
                kube.client()
                        .pods()
                        .inNamespace(kube.namespace())
                        .withName(pod.getMetadata().getName())
                        .evict();
            } catch (KubernetesClientException e) {
                assertThat(e.getCode()).as(e.getMessage()).isIn(404, 429, 500);
            }
        }
        return kube
                .client()
                .pods()
                .inNamespace(kube.namespace())
                .withLabel(ObjectNames.CLUSTER, SHOP)
                .list()
                .getItems()
                .stream()
                .noneMatch(pod -> node.equals(pod.getSpec().getNodeName()));
    }

    @Test
    void safetyRule11EachNodeLosesItsPowerWithoutAnOperator() {
        for (String node : nodes()) {
            kube.keepingLogs("power-" + node, () -> {
                kube.operators(0);
                load.losing(UNREPLICATED).run("power-off of " + node + " without an operator", SILENT, () -> {
                    fault("node", "stop", node);
                    try {
                        pass(POWERLESS);
                    } finally {
                        fault("node", "start", node);
                        kube.operators(1);
                    }
                });
            });
        }
    }

    @Test
    void safetyRule13ANodeWithMastersIsCutOff() {
        String node = nodeOfMostMasters();
        kube.keepingLogs(
                "partition",
                () -> load.losing(UNREPLICATED).run("partition of " + node, SILENT, () -> {
                    fault("node", "partition", node);
                    try {
                        pass(POWERLESS);
                    } finally {
                        fault("node", "heal", node);
                    }
                }));
    }

    @Test
    void theApiServerIsAway() {
        kube.keepingLogs(
                "api-outage",
                () -> load.run("API server away for " + OUTAGE, PLANNED, () -> {
                    fault("outage", "begin", "api");
                    try {
                        pass(OUTAGE);
                    } finally {
                        fault("outage", "end", "api");
                    }
                }));
    }

    @Test
    void allPodsStartAgainWithoutNames() {
        kube.keepingLogs(
                "dns-outage",
                () -> load.run("total restart without DNS", 180_000, () -> {
                    fault("outage", "begin", "dns");
                    try {
                        kube.deletePods(SHOP);
                        pass(Duration.ofSeconds(60));
                    } finally {
                        fault("outage", "end", "dns");
                    }
                }));
    }

    @Test
    void aReplicaGetsANewVolume() {
        String replica = replicas().getFirst();
        kube.keepingLogs(
                "new-volume",
                () -> load.run("replace-member " + replica, PLANNED, () -> {
                    String before = volume(replica);
                    assertThat(ContextKubeIT.codis(kube, "--cluster", SHOP, "replace-member", replica)
                                    .text())
                            .contains(replica + " begins anew");
                    Awaitility.await("another volume")
                            .atMost(PATIENCE)
                            .until(() -> !List.of("", before).contains(volume(replica)));
                }));
        String master =
                kube.cluster(SHOP).orElseThrow().getStatus().groups().getFirst().master();
        assertThat(ContextKubeIT.codis(kube, "--cluster", SHOP, "replace-member", master)
                        .text())
                .contains(master + " is the master of group 1", "failover 1");
    }

    /** Whoever was on it gets another volume, elsewhere, and nobody is asked. */
    @Test
    void aNodeDoesNotComeBack() {
        String node = nodeOfMostMasters();
        List<String> there = kube.podsOf(SHOP).stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .map(pod -> pod.getMetadata().getName())
                .filter(kube.pods("server")::contains)
                .toList();
        kube.keepingLogs(
                "node-gone",
                () -> load.losing(UNREPLICATED).run("node " + node + " is gone for good", SILENT, () -> {
                    var before = there.stream().map(this::volume).toList();
                    fault("node", "stop", node);
                    kube.client().nodes().withName(node).delete();
                    try {
                        Awaitility.await("other volumes")
                                .atMost(PATIENCE)
                                .until(() -> there.stream()
                                        .map(this::volume)
                                        .noneMatch(volume -> volume.isEmpty() || before.contains(volume)));
                        kube.await(SHOP, KubeCluster::ready);
                    } finally {
                        fault("node", "start", node);
                    }
                }));
    }

    /** The one that a server's claim has, empty for none. */
    private String volume(String server) {
        return Optional.ofNullable(kube.client()
                        .persistentVolumeClaims()
                        .inNamespace(kube.namespace())
                        .withName("data-" + server)
                        .get())
                .map(claim -> claim.getSpec().getVolumeName())
                .orElse("");
    }

    private List<String> replicas() {
        List<String> masters = masters();
        return kube.pods("server").stream()
                .filter(pod -> !masters.contains(pod))
                .toList();
    }

    private List<String> masters() {
        return kube.cluster(SHOP).orElseThrow().getStatus().groups().stream()
                .map(group -> group.master())
                .toList();
    }

    private String nodeOfMostMasters() {
        List<String> masters = masters();
        return nodes().stream()
                .max(Comparator.comparingLong(node -> kube.podsOf(SHOP).stream()
                        .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                        .filter(pod -> masters.contains(pod.getMetadata().getName()))
                        .count()))
                .orElseThrow();
    }

    private List<String> nodes() {
        return kube.client().nodes().list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .sorted()
                .toList();
    }

    /** The world goes on for so long, with whatever is broken. */
    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private void fault(String... words) {
        Assumptions.assumeTrue(faults.isPresent(), "needs CODIS_FAULTS, a command that breaks nodes");
        var command = new ArrayList<String>();
        command.add(faults.orElseThrow());
        command.addAll(List.of(words));
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        } catch (IOException e) {
            throw new AssertionError(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
