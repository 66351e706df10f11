package io.codis.operator.desired;

import io.codis.core.spec.Placement;
import io.codis.core.spec.Resources;
import io.codis.infra.secret.ClusterSecret;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What all pods of a cluster have in common: restricted, without a fixed user, read-only but for volumes. */
final class Pods {

    static final String CONF = "/etc/codis/conf";
    static final String SECRET = "/etc/codis/secret";

    private static final int GROUP_ID = 1000;
    private static final long LOST_NODE_SECONDS = 5;
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private final Wanted wanted;
    private final ObjectNames names;

    Pods(Wanted wanted) {
        this.wanted = wanted;
        this.names = wanted.names();
    }

    ObjectMeta meta(String name, Map<String, String> labels) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(names.namespace())
                .withLabels(labels)
                .withOwnerReferences(owner())
                .build();
    }

    private OwnerReference owner() {
        return new OwnerReferenceBuilder()
                .withApiVersion(wanted.resource().getApiVersion())
                .withKind(wanted.resource().getKind())
                .withName(wanted.resource().getMetadata().getName())
                .withUid(wanted.resource().getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** Without containers. */
    PodSpecBuilder pod(Placement placement) {
        PodSpecBuilder pod = new PodSpecBuilder()
                .withServiceAccountName(names.account("part"))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withFsGroup((long) GROUP_ID)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume();
        if (!placement.nodeSelector().isEmpty()) {
            pod.withNodeSelector(new TreeMap<>(placement.nodeSelector()));
        }
        affinity(placement).ifPresent(pod::withAffinity);
        return pod;
    }

    /** The part's configuration. */
    PodSpecBuilder confVolume(PodSpecBuilder pod, String component) {
        return pod.addNewVolume()
                .withName("conf")
                .withNewConfigMap()
                .withName(names.config(component))
                .endConfigMap()
                .endVolume();
    }

    /** That of the cluster, or a part's own configuration where that is secret. */
    static PodSpecBuilder secretVolume(PodSpecBuilder pod, String volume, String secret) {
        return pod.addNewVolume()
                .withName(volume)
                .withNewSecret()
                .withSecretName(secret)
                .withDefaultMode(SharedObjects.SECRET_MODE)
                .endSecret()
                .endVolume();
    }

    static ContainerBuilder withConf(ContainerBuilder container) {
        return mounted(container, "conf", CONF);
    }

    /** The program finds the cluster's secret. */
    static ContainerBuilder withSecret(ContainerBuilder container) {
        return mounted(container, "secret", SECRET)
                .addNewEnv()
                .withName(ClusterSecret.VARIABLE)
                .withValue(SECRET + "/" + SharedObjects.SECRET_KEY)
                .endEnv();
    }

    private static ContainerBuilder mounted(ContainerBuilder container, String volume, String path) {
        return container
                .addNewVolumeMount()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(true)
                .endVolumeMount();
    }

    /** Moves away quickly from a node that is lost: nothing is kept there. */
    static List<Toleration> leaveLostNodes() {
        return List.of(tolerate("node.kubernetes.io/not-ready"), tolerate("node.kubernetes.io/unreachable"));
    }

    private static Toleration tolerate(String taint) {
        return new TolerationBuilder()
                .withKey(taint)
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(LOST_NODE_SECONDS)
                .build();
    }

    /** What is passed on, in its shape. */
    static <T> T convert(Object given, Class<T> shape) {
        return SERIALIZATION.convertValue(given, shape);
    }

    static Optional<Affinity> affinity(Placement placement) {
        return placement.affinity().isEmpty()
                ? Optional.empty()
                : Optional.of(convert(placement.affinity(), Affinity.class));
    }

    static Optional<Lifecycle> lifecycle(Placement placement) {
        return placement.lifecycle().isEmpty()
                ? Optional.empty()
                : Optional.of(convert(placement.lifecycle(), Lifecycle.class));
    }

    /** Without ports, probes and volumes of its own. */
    ContainerBuilder container(String component, Placement placement, List<String> command) {
        ContainerBuilder container = new ContainerBuilder(bare("codis-" + component, wanted.image()))
                .withCommand(command)
                .withEnv(
                        field("POD_NAMESPACE", "metadata.namespace"),
                        field("POD_NAME", "metadata.name"),
                        field("POD_IP", "status.podIP"),
                        field("NODE_NAME", "spec.nodeName"))
                .withResources(resources(placement.resources()));
        lifecycle(placement).ifPresent(container::withLifecycle);
        return container;
    }

    /** Its last words are kept where the operator reads why it ended. */
    static Container bare(String name, String image) {
        return new ContainerBuilder()
                .withName(name)
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .build();
    }

    static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    static ResourceRequirements resources(Resources resources) {
        return new ResourceRequirementsBuilder()
                .withLimits(quantities(resources.limits()))
                .withRequests(quantities(resources.requests()))
                .build();
    }

    static Map<String, Quantity> quantities(Map<String, String> texts) {
        var quantities = new TreeMap<String, Quantity>();
        texts.forEach((name, text) -> quantities.put(name, new Quantity(text)));
        return quantities;
    }

    /**
     * Looks, 2 s apart: a node on which many clusters start at once, as after a power cut, is slow, and a container that is
     * ended for that begins anew and makes it slower.
     */
    static final int SLOW_START = 150;

    static Probe http(String path, int port, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(port)
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(3)
                .withFailureThreshold(failures)
                .build();
    }
}
