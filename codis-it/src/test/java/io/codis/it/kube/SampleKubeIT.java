package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Reservoir;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.SnappyInputStream;

/** The first operator's sample, as a new user would try it: word for word but for the images and ZooKeeper's address. */
class SampleKubeIT {

    private static final String NAME = "example-1";
    private static final String STORAGE_CLASS = "codis-server-storage-class";
    private static final String ROLE = "role";
    private static final String ZOOKEEPER = """
            apiVersion: v1
            kind: Service
            metadata: {name: zookeeper}
            spec:
              selector: {app: zookeeper}
              ports: [{port: 2181}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: zookeeper, labels: {app: zookeeper}}
            spec:
              containers:
                - name: zookeeper
                  image: IMAGE
                  command: [sh, -c]
                  args:
                    - |
                      printf 'dataDir=/tmp/zookeeper\\nclientPort=2181\\nadmin.enableServer=false\\n' >/tmp/zoo.cfg
                      until [ -e /tmp/all-there ]; do sleep 0.2; done
                      exec $JAVA_HOME/bin/java -Xmx64m -cp '/opt/codis/lib/*:/tmp/metrics.jar:/tmp/snappy.jar' \\
                          org.apache.zookeeper.server.ZooKeeperServerMain /tmp/zoo.cfg
                  readinessProbe: {tcpSocket: {port: 2181}, periodSeconds: 1}
            """;

    private KubeCluster kube;

    @BeforeEach
    void aZooKeeperAndAnOperator() throws IOException {
        kube = KubeCluster.open("codis-sample");
        Assumptions.assumeTrue(nodes().size() >= 2, "the sample keeps control and data on different nodes");
        startZooKeeper();
    }

    @AfterEach
    void asBefore() throws IOException {
        if (kube != null) {
            nodes().forEach(node -> label(node, "null"));
            client().storage().v1().storageClasses().withName(STORAGE_CLASS).delete();
            kube.close();
        }
    }

    /** The image has ZooKeeper's client; its server needs two libraries more. */
    private void startZooKeeper() {
        kube.apply(ZOOKEEPER.replace("IMAGE", kube.image()));
        PodResource pod = client().pods().inNamespace(kube.namespace()).withName("zookeeper");
        pod.waitUntilCondition(
                found -> found != null && "Running".equals(found.getStatus().getPhase()), 2, TimeUnit.MINUTES);
        kube.put("zookeeper", jar(Reservoir.class), "/tmp/metrics.jar");
        kube.put("zookeeper", jar(SnappyInputStream.class), "/tmp/snappy.jar");
        kube.exec("zookeeper", "zookeeper", "touch", "/tmp/all-there");
        pod.waitUntilReady(1, TimeUnit.MINUTES);
    }

    private static Path jar(Class<?> member) {
        return Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    @Test
    void theFirstOperatorsSampleSaysWhatItMissesAndServesWhenItIsThere() throws IOException {
        String sample = Files.readString(Path.of("../config/samples/infra_v1_codiscluster.yaml"))
                .replace("172.17.2.70:2181", "zookeeper." + kube.namespace() + ".svc:2181")
                .replaceAll("(codisImage|exporterImage|backupImage): \\S+", "$1: " + kube.image());
        kube.keepingLogs("sample", () -> {
            kube.create(sample);
            kube.await(NAME, KubeCluster.trouble("NoNodeFits", "label nodes"));
            List<Node> nodes = nodes();
            label(nodes.getFirst(), "\"codis-ctrl\"");
            nodes.stream().skip(1).forEach(node -> label(node, "\"codis-data\""));
            kube.await(NAME, KubeCluster.trouble("NoStorageClass", "there is no storage class " + STORAGE_CLASS));
            client().resource(likeTheDefault()).create();
            long start = System.currentTimeMillis();

            kube.await(NAME, KubeCluster::ready);

            System.out.println(
                    "sample: Ready " + (System.currentTimeMillis() - start) + " ms after its storage class was made");
            servesWithItsPassword(kube.endpoints(NAME, "proxy").getFirst());
        });
    }

    private static void servesWithItsPassword(String endpoint) {
        assertThat(endpoint).endsWith(":31900");
        try (RespConnection client = RespConnection.open(endpoint, Duration.ofSeconds(5))) {
            assertThat(client.call("SET", "hello", "world")).isInstanceOf(Reply.Failure.class);
            assertThat(client.call("AUTH", "123456")).isEqualTo(new Reply.Status("OK"));
            assertThat(client.call("SET", "hello", "world")).isEqualTo(new Reply.Status("OK"));
            assertThat(client.call("GET", "hello"))
                    .isEqualTo(new Reply.Bulk("world".getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new AssertionError(endpoint, e);
        }
    }

    private StorageClass likeTheDefault() {
        StorageClass standard = client().storage().v1().storageClasses().list().getItems().stream()
                .filter(each -> Map.of("storageclass.kubernetes.io/is-default-class", "true").entrySet().stream()
                        .allMatch(mark -> mark.getValue()
                                .equals(each.getMetadata().getAnnotations().get(mark.getKey()))))
                .findFirst()
                .orElseThrow();
        return new StorageClassBuilder(standard)
                .withNewMetadata()
                .withName(STORAGE_CLASS)
                .endMetadata()
                .build();
    }

    private List<Node> nodes() {
        return client().nodes().list().getItems();
    }

    private void label(Node node, String value) {
        client().nodes()
                .withName(node.getMetadata().getName())
                .patch("{\"metadata\":{\"labels\":{\"" + ROLE + "\":" + value + "}}}");
    }

    private KubernetesClient client() {
        return kube.client();
    }
}
