package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Many groups, and several clusters side by side. */
class ManyKubeIT {

    private static final String SMALL = "{requests: {cpu: 20m, memory: 64Mi}}";
    private static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: NAME}
            spec:
              productName: PRODUCT
              proxySpec: {replicas: 1, codisProxyResources: SMALL}
              dashboardSpec: {codisDashboardResources: SMALL}
              haSpec: {codisHaResources: SMALL}
              feSpec: {replicas: 0}
              redisSpec: {replicas: SERVERS, codisServerNumsPerGroup: 2, antiAffinity: Required, codisServerResources: SMALL}
            """.replace("SMALL", SMALL);

    @Test
    void tenGroupsOfTwoAreSpreadOverTheNodes() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-ten")) {
            int nodes = kube.client().nodes().list().getItems().size();
            Assumptions.assumeTrue(nodes >= 2, "members of a group are to be on different nodes");
            kube.apply(spec("ten", "ten", 20));

            CodisCluster ready = kube.await("ten", KubeCluster::ready);

            assertThat(ready.getStatus().summary().groups()).isEqualTo("10/10");
            assertThat(ready.getStatus().groups())
                    .allSatisfy(group -> assertThat(group.slots()).isBetween(102, 103));
            List<Pod> servers = kube.podsOf("ten").stream()
                    .filter(pod -> pod.getMetadata().getLabels().containsKey(ObjectNames.GROUP))
                    .toList();
            assertThat(servers).hasSize(20);
            servers.stream()
                    .collect(Collectors.groupingBy(
                            pod -> pod.getMetadata().getLabels().get(ObjectNames.GROUP)))
                    .forEach((group, members) -> assertThat(members)
                            .as("group " + group)
                            .extracting(pod -> pod.getSpec().getNodeName())
                            .doesNotHaveDuplicates());
            Map<String, Long> byNode = servers.stream()
                    .map(pod -> pod.getSpec().getNodeName())
                    .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
            System.out.println("servers by node: " + byNode);
            assertThat(byNode).as("no node is left out").hasSize(nodes);
        }
    }

    @Test
    void twoClustersInOneNamespaceAndOneZooKeeperLeaveEachOtherAlone() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-two")) {
            String keeper = "  zkAddr: " + ZooKeeperPod.start(kube) + "\n";
            kube.keepingLogs("two", () -> {
                kube.apply(spec("red", "red", 2) + keeper);
                kube.apply(spec("blue", "blue", 2) + keeper);
                kube.await("red", KubeCluster::ready);
                kube.await("blue", KubeCluster::ready);
                assertThat(redis(kube, "red", "SET", "colour", "red")).isEqualTo("OK");
                assertThat(redis(kube, "blue", "SET", "colour", "blue")).isEqualTo("OK");

                kube.apply(spec("third", "blue", 2) + keeper);
                CodisCluster refused = kube.await(
                        "third",
                        cluster -> cluster.getStatus() != null
                                && "Invalid".equals(cluster.getStatus().phase()));
                assertThat(refused.getStatus().message()).contains("productName", "blue");
                assertThat(kube.podsOf("third")).isEmpty();

                kube.deleteCluster("red");

                assertThat(redis(kube, "blue", "GET", "colour")).isEqualTo("blue");
                kube.apply(spec("blue", "blue", 4) + keeper);
                kube.await(
                        "blue",
                        cluster -> KubeCluster.ready(cluster)
                                && "2/2".equals(cluster.getStatus().summary().groups()));
                assertThat(redis(kube, "blue", "GET", "colour")).isEqualTo("blue");
            });
        }
    }

    private static String spec(String name, String product, int servers) {
        return SPEC.replace("NAME", name).replace("PRODUCT", product).replace("SERVERS", "" + servers);
    }

    private static String redis(KubeCluster kube, String cluster, String... command) {
        return kube.exec(
                cluster + "-codis-server-statefulset-0",
                "codis-server",
                "sh",
                "-c",
                "valkey-cli -h " + cluster + "-codis-proxy-service -p 19000 " + String.join(" ", command));
    }
}
