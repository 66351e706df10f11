package io.codis.it.kube;

import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;

/** An operator of one's own in a namespace of one's own, installed from the shipped manifests; gone when closed. */
final class KubeCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("kube.minutes", 5));
    /** Longer ones are not sent whole. */
    private static final int PIECE = 1 << 20;

    private static final String SHIPPED_NAMESPACE = "codis-operater-system";
    private static final String SHIPPED_NAME = "codis-operater-controller-manager";
    private static final Map<String, String> OPERATOR = Map.of("app.kubernetes.io/name", "codis-operator");
    private static final String SHIPPED_IMAGE = "codis:4.0.0";

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final String namespace;
    private final String image;

    private KubeCluster(String namespace, String image) {
        this.namespace = namespace;
        this.image = image;
    }

    /** @param name of the namespace, with a number behind it */
    static KubeCluster open(String name) throws IOException {
        String image = System.getenv("CODIS_TEST_IMAGE");
        Assumptions.assumeTrue(
                System.getenv("KUBECONFIG") != null && image != null,
                "needs a Kubernetes: set KUBECONFIG, and CODIS_TEST_IMAGE to an image that its nodes can get");
        var cluster = new KubeCluster(name + "-" + ProcessHandle.current().pid(), image);
        cluster.install();
        return cluster;
    }

    private void install() throws IOException {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        for (HasMetadata object : operator()) {
            client.resource(object).forceConflicts().serverSideApply();
        }
    }

    /** As shipped, but for names, image and namespace. */
    private Iterable<HasMetadata> operator() throws IOException {
        String manifest = Files.readString(Path.of("../deploy/install.yaml"))
                .replace(SHIPPED_NAMESPACE, namespace)
                .replace(SHIPPED_NAME, namespace)
                .replace(SHIPPED_IMAGE, image)
                .replace("value: \"\"", "value: \"" + namespace + "\"");
        return client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)))
                .items();
    }

    KubernetesClient client() {
        return client;
    }

    String image() {
        return image;
    }

    String namespace() {
        return namespace;
    }

    void apply(String yaml) {
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(namespace)
                .forceConflicts()
                .serverSideApply();
    }

    /** As {@code kubectl create} does, unknown fields refused. */
    void create(String yaml) {
        client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(namespace)
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .create();
    }

    Optional<CodisCluster> cluster(String name) {
        return Optional.ofNullable(client.resources(CodisCluster.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    /** Changes the cluster's spec with one patch, as {@code kubectl patch --type=merge} does. */
    void edit(String name, String mergePatch) {
        client.resources(CodisCluster.class)
                .inNamespace(namespace)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), mergePatch);
    }

    /** {@code host:port} of the nodes at which a part of the cluster is found. */
    List<String> endpoints(String name, String part) {
        return cluster(name).orElseThrow().getStatus().addresses().stream()
                .filter(endpoint -> endpoint.part().equals(part))
                .map(ClusterStatus.Endpoint::address)
                .toList();
    }

    /** Gracefully, as an eviction does. */
    void deletePod(String name) {
        client.pods().inNamespace(namespace).withName(name).delete();
    }

    /** The same, and waits until there is another one of that name and it is ready. */
    void replacePod(String name) {
        var pod = client.pods().inNamespace(namespace).withName(name);
        String uid = pod.get().getMetadata().getUid();
        pod.delete();
        org.awaitility.Awaitility.await("another " + name)
                .atMost(PATIENCE)
                .until(() -> Optional.ofNullable(pod.get())
                        .filter(another -> !another.getMetadata().getUid().equals(uid) && Readiness.isPodReady(another))
                        .isPresent());
    }

    /** All pods of a cluster, those on their way out not. */
    List<Pod> podsOf(String cluster) {
        return client.pods().inNamespace(namespace).withLabel(ObjectNames.CLUSTER, cluster).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    /** All at once. */
    void deletePods(String cluster) {
        client.pods()
                .inNamespace(namespace)
                .withLabel(ObjectNames.CLUSTER, cluster)
                .delete();
    }

    /** All at once, without a chance to say anything. */
    void killServers(String cluster) {
        client.pods()
                .inNamespace(namespace)
                .withLabel(ObjectNames.CLUSTER, cluster)
                .withLabel(ObjectNames.COMPONENT, "server")
                .withGracePeriod(0)
                .delete();
    }

    /** Bytes that pods can have on each node, the smallest first. */
    List<Long> memoryOfNodes() {
        return client.nodes().list().getItems().stream()
                .map(node -> Quantity.getAmountInBytes(
                                node.getStatus().getAllocatable().get("memory"))
                        .longValue())
                .sorted()
                .toList();
    }

    List<String> claims() {
        return client.persistentVolumeClaims().inNamespace(namespace).list().getItems().stream()
                .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null)
                .map(claim -> claim.getMetadata().getName())
                .toList();
    }

    /** Deletes the cluster and waits until none of its pods is left. */
    void deleteCluster(String name) {
        client.resources(CodisCluster.class)
                .inNamespace(namespace)
                .withName(name)
                .delete();
        org.awaitility.Awaitility.await("no pods of " + name)
                .atMost(PATIENCE)
                .until(() -> client.pods()
                        .inNamespace(namespace)
                        .withLabel(ObjectNames.CLUSTER, name)
                        .list()
                        .getItems()
                        .isEmpty());
    }

    /** Objects of a cluster, and those of its product's name: kind and name. */
    List<String> leftBehind(String cluster) {
        return new LeftBehind(client, namespace).of(cluster);
    }

    /** At once, without a chance to say anything. */
    void killOperator() {
        client.pods()
                .inNamespace(namespace)
                .withLabels(OPERATOR)
                .withGracePeriod(0)
                .delete();
    }

    void operators(int replicas) {
        client.apps().deployments().inNamespace(namespace).withName(namespace).scale(replicas);
        if (replicas == 0) {
            org.awaitility.Awaitility.await("no operator")
                    .atMost(PATIENCE)
                    .until(() -> client.pods()
                            .inNamespace(namespace)
                            .withLabels(OPERATOR)
                            .list()
                            .getItems()
                            .isEmpty());
        }
    }

    /** Runs the test; what pods and objects say is kept when it fails. */
    void keepingLogs(String name, Runnable test) {
        try {
            test.run();
        } catch (RuntimeException | AssertionError e) {
            new KubeLogs(client, namespace).keep(Path.of("target", "kube", name));
            throw e;
        }
    }

    /** The cluster when it fulfils the condition; fails with its last status. */
    CodisCluster await(String name, Predicate<CodisCluster> condition) {
        org.awaitility.Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    Optional<CodisCluster> found = cluster(name);
                    org.assertj.core.api.Assertions.assertThat(found.filter(condition))
                            .as("%s, now %s", name, found.map(CodisCluster::getStatus))
                            .isPresent();
                });
        return cluster(name).orElseThrow();
    }

    /** Ready, and so for that long: what has just been hurt may not have been noticed yet. */
    void awaitSettled(String name, Duration quiet) {
        long[] since = {0};
        await(name, cluster -> {
            since[0] = !ready(cluster) ? 0 : since[0] == 0 ? System.nanoTime() : since[0];
            return since[0] != 0 && System.nanoTime() - since[0] >= quiet.toNanos();
        });
    }

    /** By the scale subresource, as {@code kubectl scale} does. */
    void scale(String name, int servers) {
        client.resources(CodisCluster.class)
                .inNamespace(namespace)
                .withName(name)
                .scale(servers);
    }

    /** What has been told of a cluster: type, reason and message of each event. */
    List<String> events(String cluster) {
        return client
                .v1()
                .events()
                .inNamespace(namespace)
                .withField("involvedObject.kind", "CodisCluster")
                .withField("involvedObject.name", cluster)
                .list()
                .getItems()
                .stream()
                .map(event -> event.getType() + " " + event.getReason() + " " + event.getMessage())
                .toList();
    }

    /** How often containers of the cluster were started again. */
    int restarts(String cluster) {
        return podsOf(cluster).stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .mapToInt(status -> status.getRestartCount())
                .sum();
    }

    /** Names of the pods of a component, those on their way out not. */
    List<String> pods(String component) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel(ObjectNames.COMPONENT, component)
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .toList();
    }

    static boolean ready(CodisCluster cluster) {
        return cluster.getStatus() != null
                && "Ready".equals(cluster.getStatus().phase())
                && cluster.getMetadata()
                        .getGeneration()
                        .equals(cluster.getStatus().observedGeneration());
    }

    /** Pods do not run, for that reason, and the message says so in the status, too. */
    static Predicate<CodisCluster> trouble(String reason, String message) {
        return cluster -> cluster.getStatus() != null
                && String.valueOf(cluster.getStatus().message()).contains(message)
                && cluster.getStatus().conditions().stream()
                        .anyMatch(condition -> condition.type().equals("PodsRunning")
                                && condition.status().equals("False")
                                && condition.reason().equals(reason)
                                && condition.message().contains(message));
    }

    /** A condition that holds, for that reason. */
    static Predicate<CodisCluster> condition(String type, String reason, String message) {
        return cluster -> cluster.getStatus() != null
                && cluster.getStatus().conditions().stream()
                        .anyMatch(condition -> condition.type().equals(type)
                                && condition.status().equals("True")
                                && condition.reason().equals(reason)
                                && condition.message().contains(message));
    }

    /** What a program in a pod says. */
    String exec(String pod, String container, String... command) {
        var out = new ByteArrayOutputStream();
        try (ExecWatch watch = client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .inContainer(container)
                .writingOutput(out)
                .writingError(out)
                .exec(command)) {
            watch.exitCode().get(30, TimeUnit.SECONDS);
            return out.toString(StandardCharsets.UTF_8).strip();
        } catch (Exception e) {
            throw new AssertionError(pod + " " + String.join(" ", command) + ": " + out, e);
        }
    }

    /** Copies a file into a pod's only container. */
    private void put(String pod, Path file, String there) {
        try (InputStream bytes = Files.newInputStream(file)) {
            exec(pod, pod, "sh", "-c", ": >" + there);
            for (byte[] piece = bytes.readNBytes(PIECE); piece.length > 0; piece = bytes.readNBytes(PIECE)) {
                append(pod, piece, there);
            }
        } catch (Exception e) {
            throw new AssertionError("put " + file + " into " + pod, e);
        }
    }

    /**
     * A pod of the image under test that waits until {@code /tmp/all-there} is, ready when this returns.
     *
     * @param name of the pod and its container
     * @param files by where they are put
     */
    void startWith(String name, String objects, Map<String, Path> files) {
        apply(objects.replace("IMAGE", image));
        PodResource pod = client.pods().inNamespace(namespace).withName(name);
        pod.waitUntilCondition(
                found -> found != null && "Running".equals(found.getStatus().getPhase()), 2, TimeUnit.MINUTES);
        files.forEach((there, file) -> put(name, file, there));
        exec(name, name, "touch", "/tmp/all-there");
        pod.waitUntilReady(1, TimeUnit.MINUTES);
    }

    private void append(String pod, byte[] piece, String there) throws Exception {
        try (ExecWatch watch = client.pods()
                .inNamespace(namespace)
                .withName(pod)
                .readingInput(new ByteArrayInputStream(piece))
                .exec("sh", "-c", "head -c " + piece.length + " >>" + there)) {
            org.assertj.core.api.Assertions.assertThat(watch.exitCode().get(60, TimeUnit.SECONDS))
                    .isZero();
        }
    }

    @Override
    public void close() throws IOException {
        client.namespaces().withName(namespace).delete();
        for (HasMetadata object : operator()) {
            if (object.getKind().startsWith("ClusterRole")) {
                client.resource(object).delete();
            }
        }
        client.close();
    }
}
