package io.codis.operator.desired;

import io.codis.core.spec.Autoscaling;
import io.codis.core.spec.ProxySpec;
import io.codis.infra.config.TomlText;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The proxies: interchangeable, so one Deployment. */
public final class ProxyObjects {

    static final String COMPONENT = "proxy";
    /** Endpoints forget a proxy that goes before it stops listening. */
    private static final long LEAVE_SECONDS = 5;

    private static final long STOP_SECONDS = 30;

    private final Wanted wanted;
    private final ObjectNames names;
    private final ProxySpec proxy;
    private final Pods pods;
    private final Former former;

    ProxyObjects(Wanted wanted, Former former) {
        this.wanted = wanted;
        this.names = wanted.names();
        this.proxy = wanted.spec().proxy();
        this.pods = new Pods(wanted);
        this.former = former;
    }

    /** A Secret, since the clients' password is in it. */
    Secret config() {
        Secret made = new SecretBuilder()
                .withMetadata(pods.meta(names.config(COMPONENT), names.labels(COMPONENT)))
                .withType("Opaque")
                .build();
        return new SecretBuilder(made)
                .withStringData(Map.of("proxy.toml", form().config(former.of(made), toml())))
                .build();
    }

    private String toml() {
        var toml = new TomlText()
                .set("product_name", wanted.spec().productName())
                .set("proxy_addr", "0.0.0.0:" + ObjectNames.PROXY_PORT)
                .set("admin_addr", "0.0.0.0:" + ObjectNames.PROXY_ADMIN_PORT);
        proxy.auth().ifPresent(auth -> toml.set("session_auth", auth));
        if (proxy.safeWrites()) {
            toml.set("safe_writes", true);
        }
        return toml.text();
    }

    Service service() {
        boolean chosen = Optional.ofNullable(wanted.resource().getSpec().proxySpec())
                .map(given -> given.servicePort)
                .isPresent();
        return new SharedObjects(wanted).service(COMPONENT, proxy.exposure(), ObjectNames.PROXY_PORT, chosen);
    }

    /** Empty where the number of proxies is said. */
    Optional<HorizontalPodAutoscaler> autoscaler() {
        return proxy.autoscaling().map(this::autoscaler);
    }

    private HorizontalPodAutoscaler autoscaler(Autoscaling autoscaling) {
        return new HorizontalPodAutoscalerBuilder()
                .withMetadata(pods.meta(names.deployment(COMPONENT), names.labels(COMPONENT)))
                .withNewSpec()
                .withNewScaleTargetRef()
                .withApiVersion("apps/v1")
                .withKind("Deployment")
                .withName(names.deployment(COMPONENT))
                .endScaleTargetRef()
                .withMinReplicas(autoscaling.min())
                .withMaxReplicas(autoscaling.max())
                .addNewMetric()
                .withType("Resource")
                .withNewResource()
                .withName("cpu")
                .withNewTarget()
                .withType("Utilization")
                .withAverageUtilization(autoscaling.cpuPercent())
                .endTarget()
                .endResource()
                .endMetric()
                .addAllToMetrics(List.of(
                        Pods.convert(autoscaling.more().getOrDefault("metrics", List.of()), MetricSpec[].class)))
                .withBehavior(Optional.ofNullable(autoscaling.more().get("behavior"))
                        .map(given -> Pods.convert(given, HorizontalPodAutoscalerBehavior.class))
                        .orElse(null))
                .endSpec()
                .build();
    }

    /** @param serving some of them has clients: as many as there are stay while they are replaced */
    Deployment deployment(int replicas, boolean serving) {
        Form form = form();
        return new DeploymentBuilder()
                .withMetadata(form.carriedBy(carrier().getMetadata()))
                .withNewSpec()
                // whose number others decide is not ours to say
                .withReplicas(proxy.autoscaling().isPresent() ? null : Integer.valueOf(replicas))
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxUnavailable(serving ? new IntOrString(0) : new IntOrString("100%"))
                .withNewMaxSurge(1)
                .endRollingUpdate()
                .endStrategy()
                .withSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(COMPONENT))
                        .build())
                .withTemplate(form.template())
                .endSpec()
                .build();
    }

    private Deployment carrier() {
        return new DeploymentBuilder()
                .withMetadata(pods.meta(names.deployment(COMPONENT), names.labels(COMPONENT)))
                .build();
    }

    private Form form() {
        String inputs = new Inputs(wanted).proxy();
        return Form.carried(former.of(carrier()), inputs)
                .orElseGet(() -> Form.made(
                        inputs,
                        wanted,
                        toml(),
                        PodTemplates.template(
                                names.labels(COMPONENT),
                                names.selector(COMPONENT),
                                Map.of(),
                                proxy.placement(),
                                HostLogs.in(wanted.spec().logPath(), COMPONENT, wanted.image(), pod()))));
    }

    private PodSpec pod() {
        return Pods.secretVolume(pods.pod(proxy.placement()), "conf", names.config(COMPONENT))
                .withTolerations(Pods.leaveLostNodes())
                .withTerminationGracePeriodSeconds(STOP_SECONDS)
                .addToContainers(container())
                .build();
    }

    private Container container() {
        ContainerBuilder container = Pods.withConf(pods.container(
                        COMPONENT,
                        proxy.placement(),
                        List.of(
                                "codis-proxy",
                                "--config=" + Pods.CONF + "/proxy.toml",
                                "--dashboard=" + names.dashboardAddress(),
                                "--host-admin=$(POD_IP):" + ObjectNames.PROXY_ADMIN_PORT,
                                "--host-proxy=$(POD_IP):" + ObjectNames.PROXY_PORT)))
                .addNewPort()
                .withName("codis-proxy")
                .withContainerPort(ObjectNames.PROXY_PORT)
                .endPort()
                .addNewPort()
                .withName("admin")
                .withContainerPort(ObjectNames.PROXY_ADMIN_PORT)
                .endPort()
                .withStartupProbe(Pods.http("/healthz", ObjectNames.PROXY_ADMIN_PORT, 2, Pods.SLOW_START))
                .withLivenessProbe(Pods.http("/healthz", ObjectNames.PROXY_ADMIN_PORT, 10, 6))
                .withReadinessProbe(Pods.http("/readyz", ObjectNames.PROXY_ADMIN_PORT, 1, 2));
        var lifecycle = new LifecycleBuilder(
                Pods.lifecycle(proxy.placement()).orElseGet(io.fabric8.kubernetes.api.model.Lifecycle::new));
        if (!lifecycle.hasPreStop()) {
            lifecycle
                    .withNewPreStop()
                    .withNewSleep()
                    .withSeconds(LEAVE_SECONDS)
                    .endSleep()
                    .endPreStop();
        }
        return container.withLifecycle(lifecycle.build()).build();
    }
}
