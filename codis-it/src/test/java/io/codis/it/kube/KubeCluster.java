package io.codis.it.kube;

import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;

/** An operator of one's own in a namespace of one's own, installed from the shipped manifests; gone when closed. */
final class KubeCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("kube.minutes", 5));
    private static final String SHIPPED_NAMESPACE = "codis-operater-system";
    private static final String SHIPPED_NAME = "codis-operater-controller-manager";
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

    /** The cluster when it fulfils the condition; fails with its last status. */
    CodisCluster await(String name, Predicate<CodisCluster> condition) {
        org.awaitility.Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> org.assertj.core.api.Assertions.assertThat(cluster(name))
                        .as("%s, now %s", name, cluster(name).map(CodisCluster::getStatus))
                        .matches(found -> found.filter(condition).isPresent()));
        return cluster(name).orElseThrow();
    }

    /** By the scale subresource, as {@code kubectl scale} does. */
    void scale(String name, int servers) {
        client.resources(CodisCluster.class)
                .inNamespace(namespace)
                .withName(name)
                .scale(servers);
    }

    /** Names of the pods of a component. */
    List<String> pods(String component) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabel(ObjectNames.COMPONENT, component)
                .list()
                .getItems()
                .stream()
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
