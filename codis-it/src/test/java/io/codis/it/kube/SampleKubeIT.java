package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.console.Browser;
import io.codis.operator.api.CodisCluster;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first operator's sample, as a new user would try it: word for word but for the images and ZooKeeper's address. */
class SampleKubeIT {

    private static final String NAME = "example-1";
    private static final String STORAGE_CLASS = "codis-server-storage-class";
    private static final String ROLE = "role";
    private static final String SERVER = NAME + "-codis-server-statefulset-0";
    private static final String READER = """
            apiVersion: v1
            kind: Pod
            metadata: {name: reader}
            spec:
              nodeName: NODE
              containers:
                - name: reader
                  image: IMAGE
                  command: [sleep, "600"]
                  volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
              volumes: [{name: logs, hostPath: {path: /data/logs}}]
            """;

    @TempDir
    private Path directory;

    private KubeCluster kube;

    @BeforeEach
    void aZooKeeperAndAnOperator() throws IOException {
        kube = KubeCluster.open("codis-sample");
        Assumptions.assumeTrue(nodes().size() >= 2, "the sample keeps control and data on different nodes");
        ZooKeeperPod.start(kube);
    }

    @AfterEach
    void asBefore() throws IOException {
        if (kube != null) {
            nodes().forEach(node -> label(node, "null"));
            client().storage().v1().storageClasses().withName(STORAGE_CLASS).delete();
            kube.close();
        }
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
            itsServersAreMeasured();
            itsLogsAreOnTheNodes();
            itsBackupIsMade();
            itsConsoleIsSeen(kube.endpoints(NAME, "fe").getFirst());
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

    private void itsServersAreMeasured() {
        assertThat(kube.exec(SERVER, "codis-server", "bash", "-c", """
                        exec 3<>/dev/tcp/127.0.0.1/9121 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3"""))
                .contains("redis_up 1", "redis_connected_clients");
    }

    /** As the first operator laid them out; an engine's lines are among its server's. */
    private void itsLogsAreOnTheNodes() {
        String node = client().pods()
                .inNamespace(kube.namespace())
                .withName(SERVER)
                .get()
                .getSpec()
                .getNodeName();
        kube.apply(READER.replace("IMAGE", kube.image()).replace("NODE", node));
        client().pods().inNamespace(kube.namespace()).withName("reader").waitUntilReady(1, TimeUnit.MINUTES);
        String file = "codis-server/" + SERVER + "/" + kube.namespace() + "_" + SERVER + ".log.*";
        assertThat(kube.exec("reader", "reader", "sh", "-c", "cat /logs/" + file))
                .contains("RoleKeeper master epoch=", "Ready to accept connections");
    }

    /** As {@code kubectl create job --from=cronjob/NAME} makes one at once. */
    private void itsBackupIsMade() {
        CronJob schedule = client().batch()
                .v1()
                .cronjobs()
                .inNamespace(kube.namespace())
                .withName(NAME + "-codis-server-backupjob")
                .get();
        assertThat(schedule.getSpec().getSchedule()).isEqualTo("0 3 * * *");
        Job job = new JobBuilder()
                .withNewMetadata()
                .withName("now")
                .withNamespace(kube.namespace())
                .withLabels(schedule.getSpec().getJobTemplate().getMetadata().getLabels())
                .addNewOwnerReference()
                .withApiVersion("batch/v1")
                .withKind("CronJob")
                .withName(schedule.getMetadata().getName())
                .withUid(schedule.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withSpec(schedule.getSpec().getJobTemplate().getSpec())
                .build();
        client().resource(job).create();

        CodisCluster made =
                kube.await(NAME, KubeCluster.condition("BackupsRunning", "Scheduled", "the last one was made"));

        assertThat(kube.events(NAME))
                .anyMatch(event -> event.startsWith("Normal BackupMade at 0 3 * * *, into /data/logs"));
        String node = schedule.getMetadata().getAnnotations().get("k8s.infra.cn/backup-node");
        assertThat(made.getStatus().conditions())
                .anyMatch(each -> each.message().contains("/data/logs/codis-backup of node " + node));
        kube.apply(READER.replace("IMAGE", kube.image()).replace("NODE", node).replace("reader", "backup-reader"));
        client().pods().inNamespace(kube.namespace()).withName("backup-reader").waitUntilReady(1, TimeUnit.MINUTES);
        assertThat(kube.exec(
                        "backup-reader",
                        "backup-reader",
                        "sh",
                        "-c",
                        "cd /logs/codis-backup/codis/2* && cat manifest.json && valkey-check-rdb group-1.rdb"))
                .contains("\"keys\" : 1", "\"to\" : 1023", "1 keys read");
    }

    private void itsConsoleIsSeen(String endpoint) {
        Optional<Path> chromium = Browser.installed();
        if (chromium.isEmpty()) {
            System.out.println("sample: no chromium on the PATH, its console is not looked at");
            return;
        }
        try (Browser browser = Browser.start(chromium.get(), directory)) {
            browser.open("http://" + endpoint + "/");
            browser.await(
                    "the product",
                    "[...document.querySelectorAll('#product option')].map(o => o.textContent).join() === 'codis'");
            browser.await("two servers", "document.querySelectorAll('#groups tbody tr').length === 2");
            browser.await(
                    "short names", "document.querySelector('#groups tbody code').innerText === '" + SERVER + ":6379'");
            browser.await("ready", "document.querySelector('#phase').textContent === 'ready'");
            browser.picture(Path.of("target", "console", "kubernetes.png"));
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
