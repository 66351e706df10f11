package io.codis.it.kube;

import io.codis.operator.api.CodisCluster;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a namespace says of itself, as files. */
record KubeLogs(KubernetesClient client, String namespace) {

    void keep(Path folder) {
        try {
            Files.createDirectories(folder);
            write(
                    folder,
                    "clusters.yaml",
                    client.resources(CodisCluster.class).inNamespace(namespace).list());
            write(folder, "pods.yaml", client.pods().inNamespace(namespace).list());
            write(
                    folder,
                    "events.yaml",
                    client.v1().events().inNamespace(namespace).list());
            for (Pod pod : client.pods().inNamespace(namespace).list().getItems()) {
                for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
                    keep(folder, pod.getMetadata().getName(), container);
                }
            }
            System.out.println("logs kept in " + folder.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keep(Path folder, String pod, ContainerStatus container) throws IOException {
        var log = client.pods().inNamespace(namespace).withName(pod).inContainer(container.getName());
        try {
            Files.writeString(folder.resolve(pod + "." + container.getName() + ".log"), log.getLog());
            if (container.getRestartCount() > 0) {
                Files.writeString(
                        folder.resolve(pod + "." + container.getName() + ".previous.log"),
                        log.terminated().getLog());
            }
        } catch (KubernetesClientException e) {
            System.out.println("no log of " + pod + ": " + e.getMessage());
        }
    }

    private static void write(Path folder, String name, Object object) throws IOException {
        Files.writeString(folder.resolve(name), Serialization.asYaml(object));
    }
}
