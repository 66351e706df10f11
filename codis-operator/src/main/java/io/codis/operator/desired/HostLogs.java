package io.codis.operator.desired;

import io.codis.infra.log.Logging;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.util.Optional;

/**
 * Log files in a directory of the nodes, as the first operator for Codis laid them out: {@code codis-PART/NAMESPACE_POD.log.DAY},
 * servers one level deeper. Only root may make directories there, so a container that does nothing else makes them.
 */
final class HostLogs {

    static final String VOLUME = "log";
    private static final String PATH = "/codis/log";

    private HostLogs() {}

    /** @param directory of the nodes; absent: standard output only */
    static PodSpec in(Optional<String> directory, String component, String image, PodSpec pod) {
        return directory.map(path -> with(path, component, image, pod)).orElse(pod);
    }

    private static PodSpec with(String directory, String component, String image, PodSpec pod) {
        String place = "codis-" + component + (component.equals("server") ? "/$(POD_NAME)" : "");
        return new PodSpecBuilder(pod)
                .addToInitContainers(maker(place, image))
                .editMatchingContainer(container -> "codis-".concat(component).equals(container.getName()))
                .addNewEnv()
                .withName(Logging.COPY)
                .withValue(PATH + "/$(POD_NAMESPACE)_$(POD_NAME).log")
                .endEnv()
                .addNewVolumeMount()
                .withName(VOLUME)
                .withMountPath(PATH)
                .withSubPathExpr(place)
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName(VOLUME)
                .withNewHostPath(directory, "DirectoryOrCreate")
                .endVolume()
                .build();
    }

    static Container maker(String place, String image) {
        return new ContainerBuilder(Pods.bare("log-directory", image))
                .withCommand("sh", "-c", "mkdir -p \"$0\" && chmod 0777 \"$0\"", PATH + "/" + place)
                .withEnv(Pods.field("POD_NAME", "metadata.name"))
                .editSecurityContext()
                .withRunAsUser(0L)
                .withRunAsNonRoot(false)
                .endSecurityContext()
                .addNewVolumeMount()
                .withName(VOLUME)
                .withMountPath(PATH)
                .endVolumeMount()
                .build();
    }
}
