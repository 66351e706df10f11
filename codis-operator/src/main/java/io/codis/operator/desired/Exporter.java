package io.codis.operator.desired;

import io.codis.core.spec.ServerExtras;
import io.codis.infra.secret.ClusterSecret;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The metrics exporter beside each server. It logs in as a user that reads figures and nothing else. */
final class Exporter {

    static final int PORT = 9121;
    static final String MONITORS = "monitoring.coreos.com/v1";
    static final String MONITOR = "PodMonitor";

    private static final String COMPONENT = "exporter";
    private static final String USER = "exporter";
    private static final String ENGINE = "localhost:" + ObjectNames.SERVER_PORT;
    private static final String FILE = "passwords.json";
    private static final String PATH = "/etc/codis/exporter";

    private final Wanted wanted;
    private final ObjectNames names;
    private final Pods pods;

    Exporter(Wanted wanted) {
        this.wanted = wanted;
        this.names = wanted.names();
        this.pods = new Pods(wanted);
    }

    boolean wanted() {
        return extras().exporterImage().isPresent();
    }

    private ServerExtras extras() {
        return wanted.spec().redis().extras();
    }

    /** Its password, by the address that it asks; with and without the user, as its versions look it up. */
    Secret login(ClusterSecret secret) {
        String password = secret.derive(USER);
        return new SecretBuilder()
                .withMetadata(pods.meta(names.config(COMPONENT), names.labels("server")))
                .withType("Opaque")
                .withStringData(Map.of(
                        FILE,
                        "{\"redis://" + ENGINE + "\":\"" + password + "\",\"redis://" + USER + "@" + ENGINE + "\":\""
                                + password + "\"}\n"))
                .build();
    }

    /** For those who run Prometheus's operator. */
    GenericKubernetesResource monitor() {
        var monitor = new GenericKubernetesResource();
        monitor.setApiVersion(MONITORS);
        monitor.setKind(MONITOR);
        monitor.setMetadata(pods.meta(names.account("server"), names.labels("server")));
        monitor.setAdditionalProperty(
                "spec",
                new TreeMap<>(Map.of(
                        "selector", Map.of("matchLabels", names.selector("server")),
                        "podMetricsEndpoints", List.of(new TreeMap<>(Map.of("path", "/metrics", "port", COMPONENT))))));
        return monitor;
    }

    Map<String, String> annotations() {
        return wanted()
                ? Map.of(
                        "prometheus.io/scrape", "true",
                        "prometheus.io/port", "" + PORT,
                        "prometheus.io/path", "/metrics")
                : Map.of();
    }

    void addTo(PodSpecBuilder pod) {
        if (wanted()) {
            pod.addToContainers(container());
            Pods.secretVolume(pod, COMPONENT, names.config(COMPONENT));
        }
    }

    private Container container() {
        String image = extras().exporterImage().orElseThrow();
        var container = new ContainerBuilder(Pods.bare("codis-server-exporter", image))
                .withEnv(
                        variable("REDIS_ADDR", "redis://" + ENGINE),
                        variable("REDIS_USER", USER),
                        variable("REDIS_PASSWORD_FILE", PATH + "/" + FILE),
                        // its settings have passwords in them
                        variable("REDIS_EXPORTER_CONFIG_COMMAND", "-"))
                .withResources(Pods.resources(extras().exporterResources()))
                .addNewPort()
                .withName(COMPONENT)
                .withContainerPort(PORT)
                .endPort()
                .addNewVolumeMount()
                .withName(COMPONENT)
                .withMountPath(PATH)
                .withReadOnly(true)
                .endVolumeMount();
        // the image of all programs has it too
        return image.equals(wanted.image())
                ? container.withCommand(List.of("prometheus-redis-exporter")).build()
                : container.build();
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVar(name, value, null);
    }
}
