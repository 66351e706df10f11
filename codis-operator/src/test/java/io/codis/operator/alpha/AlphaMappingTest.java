package io.codis.operator.alpha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AlphaMappingTest {

    private static final String HEAD = """
            coordinatorName: etcd
            coordinatorAddr: etcd:2379
            """;

    @Test
    void theSampleIsACluster() throws IOException {
        AlphaCluster sample = Serialization.unmarshal(
                Files.readString(Path.of("../config/samples/codis_v1alpha1_codiscluster.yaml")), AlphaCluster.class);

        String ours = Serialization.asYaml(AlphaMapping.of(sample.getSpec()));

        assertThat(ours).isEqualTo("""
                ---
                codisImage: "codis:4.0.0"
                coordinator:
                  type: "etcd"
                  address: "etcd:2379"
                feSpec:
                  serviceType: "NodePort"
                  replicas: 1
                dashboardSpec:
                  replicas: 1
                proxySpec:
                  nodeSelector:
                    kubernetes.io/os: "linux"
                  serviceType: "NodePort"
                  autoscaling:
                    minReplicas: 2
                    maxReplicas: 5
                    targetCPUUtilizationPercentage: 60
                  auth: "session"
                  codisProxyResources:
                    limits:
                      memory: "100Mi"
                    requests:
                      cpu: "50m"
                      memory: "100Mi"
                redisSpec:
                  nodeSelector:
                    kubernetes.io/os: "linux"
                  replicas: 2
                  codisServerNumsPerGroup: 2
                  codisServerResources:
                    limits:
                      memory: "128Mi"
                    requests:
                      cpu: "50m"
                      memory: "64Mi"
                  storageResources:
                    requests:
                      storage: "64Mi"
                """);
        assertThat(reading(sample.getSpec())).isInstanceOf(Wanted.Reading.Right.class);
    }

    @Test
    void withoutAFileSystemForAllPodsKubernetesKeepsTheState() {
        AlphaFields given = spec("""
                coordinatorName: filesystem
                coordinatorAddr: builtin
                codisServer: {}
                """);

        assertThat(Serialization.asYaml(AlphaMapping.of(given).coordinator())).isEqualTo("---\ntype: \"kubernetes\"\n");
    }

    @Test
    void everyAmountAndPlaceIsPassedOn() {
        AlphaFields given = spec(HEAD + """
                schedulerName: own
                codisServer:
                  imagePullPolicy: Always
                  storageClassName: ssd
                  limits: {cpu: "1", memory: 2Gi, storage: 20Gi}
                  tolerations: [{key: dedicated, operator: Exists}]
                """);

        assertThat(Serialization.asYaml(AlphaMapping.of(given).redisSpec())).isEqualTo("""
                ---
                tolerations:
                - key: "dedicated"
                  operator: "Exists"
                podTemplate:
                  spec:
                    containers:
                    - name: "codis-server"
                      imagePullPolicy: "Always"
                scheduler: "own"
                codisServerResources:
                  limits:
                    cpu: "1"
                    memory: "2Gi"
                storageClassName: "ssd"
                storageResources:
                  requests:
                    storage: "20Gi"
                """);
    }

    @Test
    void theNumberOfProxiesIsSaidWhereNobodyElseDecides() {
        AlphaFields given = spec(HEAD + """
                codisServer: {}
                codisProxy: {replicas: 3, hpaSpec: {minReplicas: 0, maxReplicas: 0, cpuUsedThreshold: 0}}
                """);

        assertThat(Serialization.asYaml(AlphaMapping.of(given).proxySpec())).isEqualTo("---\nreplicas: 3\n");
    }

    @Test
    void oneClusterHasOneImage() {
        AlphaFields given = spec(HEAD + """
                codisServer: {image: "a:1"}
                codisProxy: {image: "b:1"}
                """);

        assertThatThrownBy(() -> AlphaMapping.of(given))
                .isInstanceOf(CodisException.class)
                .hasMessageContaining("different images (b:1, a:1)");
    }

    @Test
    void whatIsWrongIsToldInTheWordsOfItsUser() {
        AlphaFields given = spec(HEAD + """
                codisServer: {limits: {memory: 64Mi}}
                codisProxy: {hpaSpec: {minReplicas: 2, maxReplicas: 4}}
                """);

        assertThat(problems(given))
                .isEqualTo("spec.codisProxy.hpaSpec: compares CPU with what proxies request; give requests.cpu, such"
                        + " as 500m");
    }

    private static AlphaFields spec(String yaml) {
        return Serialization.unmarshal(yaml, AlphaFields.class);
    }

    private static String problems(AlphaFields given) {
        return AlphaMapping.inTheirWords(((Wanted.Reading.Wrong) reading(given))
                .problems().stream().map(problem -> problem.text()).reduce("", String::concat));
    }

    private static Wanted.Reading reading(AlphaFields given) {
        var cluster = new CodisCluster();
        cluster.getMetadata().setName("sample");
        cluster.getMetadata().setNamespace("shop");
        cluster.setSpec(AlphaMapping.of(given));
        return Wanted.read(cluster, "codis:test");
    }
}
