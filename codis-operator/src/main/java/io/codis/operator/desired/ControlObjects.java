package io.codis.operator.desired;

import io.codis.core.plan.Part;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.Coordinator;
import io.codis.core.spec.Placement;
import io.codis.core.spec.Resources;
import io.codis.infra.config.TomlText;
import io.codis.infra.coordinator.kubernetes.KubernetesCoordinator;
import io.codis.operator.api.ClusterFields;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategyBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dashboard, web console and failover watch. */
public final class ControlObjects {

    static final String DASHBOARD = "dashboard";

    /** Without room for one more. */
    private static final DeploymentStrategy ONE_AT_A_TIME = rolling(1, 0);
    /** The only one stays until another is there: an image that does not start must not end it. */
    private static final DeploymentStrategy ONE_MORE = rolling(0, 1);

    private static final int APART_WEIGHT = 100;

    private final Wanted wanted;
    private final ObjectNames names;
    private final CodisClusterSpec spec;
    private final Pods pods;
    private final Former former;

    ControlObjects(Wanted wanted, Former former) {
        this.wanted = wanted;
        this.names = wanted.names();
        this.spec = wanted.spec();
        this.pods = new Pods(wanted);
        this.former = former;
    }

    Deployment deployment(Part part) {
        return switch (part) {
            case DASHBOARD -> {
                Form form = form(part);
                yield deployment(DASHBOARD, number(form), form);
            }
            case FE -> deployment("fe", spec.fe().replicas(), form(part));
            case HA -> deployment("ha", spec.ha().replicas(), form(part));
        };
    }

    private static DeploymentStrategy rolling(int unavailable, int surge) {
        return new DeploymentStrategyBuilder()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withNewMaxUnavailable(unavailable)
                .withNewMaxSurge(surge)
                .endRollingUpdate()
                .build();
    }

    /** As an operator made them when there was one, all would say of themselves that they are the Service, and find no leader. */
    private int number(Form form) {
        boolean former = form.template().getSpec().getContainers().stream()
                .anyMatch(each -> each.getCommand().contains("--host-admin=" + names.dashboardAddress()));
        return former ? 1 : spec.dashboard().replicas();
    }

    private Form form(Part part) {
        var inputs = new Inputs(wanted);
        return switch (part) {
            case DASHBOARD ->
                form(
                        DASHBOARD,
                        inputs.dashboard(),
                        dashboardToml(),
                        spec.dashboard().placement(),
                        dashboardPod());
            case FE -> form("fe", inputs.other("fe"), dashboards(), spec.fe().placement(), fePod());
            case HA -> form("ha", inputs.other("ha"), "", spec.ha().placement(), haPod());
        };
    }

    private Form form(String component, String inputs, String config, Placement placement, PodSpecBuilder pod) {
        return Form.carried(former.of(carrier(component)), inputs)
                .orElseGet(() -> Form.made(
                        inputs,
                        wanted,
                        config,
                        PodTemplates.template(
                                names.labels(component),
                                names.selector(component),
                                Map.of(),
                                placement,
                                HostLogs.in(
                                        spec.logPath(),
                                        component,
                                        wanted.image(),
                                        pod.withTolerations(Pods.leaveLostNodes())
                                                .build()))));
    }

    private Deployment carrier(String component) {
        return new DeploymentBuilder()
                .withMetadata(pods.meta(names.deployment(component), names.labels(component)))
                .build();
    }

    private Deployment deployment(String component, int replicas, Form form) {
        return new DeploymentBuilder()
                .withMetadata(form.carriedBy(carrier(component).getMetadata()))
                .withNewSpec()
                .withReplicas(replicas)
                .withStrategy(replicas > 1 ? ONE_AT_A_TIME : ONE_MORE)
                .withSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(component))
                        .build())
                .withTemplate(form.template())
                .endSpec()
                .build();
    }

    /** What a dashboard may do: keep the state of its own product, and hold the lease of its leader. */
    Role role() {
        String state = KubernetesCoordinator.objectName(spec.productName());
        return new RoleBuilder()
                .withMetadata(pods.meta(names.account(DASHBOARD), names.labels(DASHBOARD)))
                .withRules(
                        rule("", "configmaps", state, "get", "patch", "watch"),
                        rule("coordination.k8s.io", "leases", state, "get", "patch"),
                        rule("", "configmaps", "", "create"),
                        rule("coordination.k8s.io", "leases", "", "create"))
                .build();
    }

    private static PolicyRule rule(String group, String resource, String name, String... verbs) {
        var rule = new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resource)
                .withVerbs(verbs);
        return name.isEmpty() ? rule.build() : rule.withResourceNames(name).build();
    }

    RoleBinding binding() {
        return new RoleBindingBuilder()
                .withMetadata(pods.meta(names.account(DASHBOARD), names.labels(DASHBOARD)))
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", names.account(DASHBOARD))
                .addNewSubject(null, "ServiceAccount", dashboardAccount(), names.namespace())
                .build();
    }

    private String dashboardAccount() {
        return Optional.ofNullable(PodTemplates.given(spec.dashboard().placement()).serviceAccount)
                .orElse(names.account(DASHBOARD));
    }

    ConfigMap config(Part part) {
        return part == Part.FE
                ? config("fe", "dashboards.json", form(part), dashboards())
                : config(DASHBOARD, "dashboard.toml", form(part), dashboardToml());
    }

    private ConfigMap config(String component, String file, Form form, String text) {
        ConfigMap made = new ConfigMapBuilder()
                .withMetadata(pods.meta(names.config(component), names.labels(component)))
                .build();
        return new ConfigMapBuilder(made)
                .withData(Map.of(file, form.config(former.of(made), text)))
                .build();
    }

    Service service(Part part) {
        Optional<ClusterFields> given = Optional.of(wanted.resource().getSpec());
        if (part == Part.FE) {
            boolean chosen =
                    given.map(ClusterFields::feSpec).map(fe -> fe.servicePort).isPresent();
            return shared().service("fe", spec.fe().exposure(), ObjectNames.FE_PORT, chosen);
        }
        boolean chosen = given.map(ClusterFields::dashboardSpec)
                .map(dashboard -> dashboard.servicePort)
                .isPresent();
        Service service = shared().service(DASHBOARD, spec.dashboard().exposure(), ObjectNames.DASHBOARD_PORT, chosen);
        // The others of the cluster reach it at its own port, whatever users are given.
        if (service.getSpec().getPorts().getFirst().getPort() != ObjectNames.DASHBOARD_PORT) {
            service = new ServiceBuilder(service)
                    .editSpec()
                    .addNewPort()
                    .withName("internal")
                    .withPort(ObjectNames.DASHBOARD_PORT)
                    .withNewTargetPort("codis-dashboard")
                    .endPort()
                    .endSpec()
                    .build();
        }
        return service;
    }

    private SharedObjects shared() {
        return new SharedObjects(wanted);
    }

    private String dashboardToml() {
        return new TomlText()
                .set("coordinator_name", spec.keeper().name())
                .set(
                        "coordinator_addr",
                        keptByKubernetes() ? names.namespace() : spec.keeper().address())
                .set("product_name", spec.productName())
                .set("admin_addr", "0.0.0.0:" + ObjectNames.DASHBOARD_PORT)
                .text();
    }

    private boolean keptByKubernetes() {
        return spec.keeper().name().equals(Coordinator.KUBERNETES);
    }

    private String dashboards() {
        return "[{\"name\":\"" + spec.productName() + "\",\"dashboard\":\"" + names.dashboardAddress() + "\"}]\n";
    }

    private PodSpecBuilder dashboardPod() {
        Placement placement = spec.dashboard().placement();
        Container container = Pods.withSecret(Pods.withConf(container(
                        DASHBOARD,
                        placement,
                        "160Mi",
                        List.of(
                                "codis-dashboard",
                                "--config=" + Pods.CONF + "/dashboard.toml",
                                "--host-admin=$(POD_IP):" + ObjectNames.DASHBOARD_PORT))))
                .addNewPort()
                .withName("codis-dashboard")
                .withContainerPort(ObjectNames.DASHBOARD_PORT)
                .endPort()
                .withStartupProbe(Pods.http("/healthz", ObjectNames.DASHBOARD_PORT, 2, Pods.SLOW_START))
                .withLivenessProbe(Pods.http("/healthz", ObjectNames.DASHBOARD_PORT, 10, 6))
                .withReadinessProbe(Pods.http("/readyz", ObjectNames.DASHBOARD_PORT, 2, 3))
                .build();
        return Pods.secretVolume(pods.confVolume(pods.pod(placement), DASHBOARD), "secret", names.secret())
                .withServiceAccountName(names.account(DASHBOARD))
                .withAutomountServiceAccountToken(true)
                .withAffinity(apart(placement))
                .addToContainers(container);
    }

    /** The user's own, and: on different nodes, so that one of them is left when a node goes. */
    private Affinity apart(Placement placement) {
        var others = new PodAffinityTermBuilder()
                .withTopologyKey("kubernetes.io/hostname")
                .withLabelSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(DASHBOARD))
                        .build())
                .build();
        return new AffinityBuilder(Pods.affinity(placement).orElseGet(Affinity::new))
                .editOrNewPodAntiAffinity()
                .addToPreferredDuringSchedulingIgnoredDuringExecution(new WeightedPodAffinityTerm(others, APART_WEIGHT))
                .endPodAntiAffinity()
                .build();
    }

    private PodSpecBuilder fePod() {
        Placement placement = spec.fe().placement();
        Container container = Pods.withConf(container(
                        "fe",
                        placement,
                        "96Mi",
                        List.of(
                                "codis-fe",
                                "--listen=0.0.0.0:" + ObjectNames.FE_PORT,
                                "--dashboard-list=" + Pods.CONF + "/dashboards.json")))
                .addNewPort()
                .withName("codis-fe")
                .withContainerPort(ObjectNames.FE_PORT)
                .endPort()
                .withReadinessProbe(Pods.http("/healthz", ObjectNames.FE_PORT, 5, 3))
                .build();
        return pods.confVolume(pods.pod(placement), "fe").addToContainers(container);
    }

    private PodSpecBuilder haPod() {
        Placement placement = spec.ha().placement();
        return pods.pod(placement)
                .addToContainers(container(
                                "ha",
                                placement,
                                "96Mi",
                                List.of("codis-ha", "--dashboard=" + names.dashboardAddress(), "--interval=1"))
                        .build());
    }

    /** @param memory what it needs at rest; with nothing said for it, it would be the first to starve on a full node */
    private ContainerBuilder container(String component, Placement placement, String memory, List<String> command) {
        ContainerBuilder container = pods.container(component, placement, command);
        return placement.resources().equals(Resources.NONE)
                ? container.withResources(
                        Pods.resources(new Resources(Map.of(), Map.of("cpu", "50m", "memory", memory))))
                : container;
    }
}
