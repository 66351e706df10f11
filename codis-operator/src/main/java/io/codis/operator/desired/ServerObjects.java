package io.codis.operator.desired;

import io.codis.core.spec.LiveSettings;
import io.codis.core.spec.RedisSpec;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The storage servers: one StatefulSet per group, so that order, budgets and sizes are per group. */
public final class ServerObjects {

    static final String DATA = "data";
    private static final String DATA_PATH = "/data";
    private static final String SERVER = "codis-server";
    /** Not an option: an image of before does not know it. */
    private static final String EPHEMERAL = "CODIS_EPHEMERAL";
    /** Of a pod: which template it was made from. */
    static final String REVISION = "k8s.infra.cn/revision";

    /** Two waits for a dashboard, the wait for another master, the engine's end. */
    private static final long STOP_SECONDS = 45;
    /** When a node is drained the leading dashboard may go with a master: as long as the next one takes, and to spare. */
    private static final int DASHBOARD_WAIT = 6;

    private static final int NODES_WEIGHT = 100;
    private static final int ZONES_WEIGHT = 50;

    private final Wanted wanted;
    private final ObjectNames names;
    private final RedisSpec redis;
    private final Pods pods;
    private final Exporter exporter;
    private final Former former;
    private final String inputs;
    /** By group: every pod of a group is compared with its own. */
    private final Map<Integer, Form> forms = new HashMap<>();

    ServerObjects(Wanted wanted, Former former) {
        this.wanted = wanted;
        this.former = former;
        this.inputs = new Inputs(wanted).server();
        this.names = wanted.names();
        this.redis = wanted.spec().redis();
        this.pods = new Pods(wanted);
        this.exporter = new Exporter(wanted);
    }

    /** What servers read when they start stays with their template; what they take while they run is that of now. */
    ConfigMap config() {
        ConfigMap made = new ConfigMapBuilder()
                .withMetadata(pods.meta(names.config("server"), names.labels("server")))
                .build();
        String start = form(1).config(former.of(made), LiveSettings::without, redis.startConfiguration());
        return new ConfigMapBuilder(made)
                .withData(Map.of("redis.conf", start + redis.liveConfiguration()))
                .build();
    }

    /** Gives every server its name; also while it is not ready, since nothing becomes ready without the others. */
    Service service() {
        return new ServiceBuilder()
                .withMetadata(pods.meta(names.service("server"), names.labels("server")))
                .withNewSpec()
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(names.selector("server"))
                .addNewPort()
                .withName("codis-server")
                .withPort(ObjectNames.SERVER_PORT)
                .withNewTargetPort("codis-server")
                .endPort()
                .addNewPort()
                .withName("launcher")
                .withPort(ObjectNames.LAUNCHER_PORT)
                .withNewTargetPort("launcher")
                .endPort()
                .endSpec()
                .build();
    }

    PodDisruptionBudget budget(int group) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(pods.meta(names.statefulSet(group), names.labels(group)))
                .withNewSpec()
                .withNewMaxUnavailable(1)
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(group))
                        .build())
                .endSpec()
                .build();
    }

    /** Pods are replaced by the plan only, never by Kubernetes: it does not know who is master. */
    StatefulSet statefulSet(int group, int replicas) {
        Form form = form(group);
        StatefulSetBuilder set = new StatefulSetBuilder()
                .withMetadata(form.carriedBy(carrier(group).getMetadata()))
                .withNewSpec()
                .withServiceName(names.service("server"))
                .withReplicas(replicas)
                .withPodManagementPolicy("Parallel")
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .withSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(group))
                        .build())
                .withTemplate(form.template())
                .endSpec();
        if (redis.extras().persistent()) {
            set.editSpec().withVolumeClaimTemplates(claim()).endSpec();
        }
        return set.build();
    }

    private StatefulSet carrier(int group) {
        return new StatefulSetBuilder()
                .withMetadata(pods.meta(names.statefulSet(group), names.labels(group)))
                .build();
    }

    /** Changes with whatever a server of the group reads only when it starts. */
    String revision(int group) {
        return form(group).annotation(REVISION).orElse("");
    }

    private Form form(int group) {
        return forms.computeIfAbsent(
                group,
                id -> carried(id)
                        // servers of one cluster are alike, whichever version makes the next group
                        .or(() -> carried(1).map(form -> form.forGroup(id)))
                        .orElseGet(() -> Form.made(inputs, wanted, redis.startConfiguration(), template(id))
                                .digested(REVISION)));
    }

    /** Pods without a revision would be behind for ever. */
    private Optional<Form> carried(int group) {
        return Form.carried(former.of(carrier(group)), inputs)
                .filter(form -> form.annotation(REVISION).isPresent());
    }

    private PodTemplateSpec template(int group) {
        Optional<String> logPath = redis.logPath().or(() -> wanted.spec().logPath());
        PodSpec logged = HostLogs.in(logPath, "server", wanted.image(), pod(group));
        PodTemplateSpec template = PodTemplates.template(
                names.labels(group), names.selector(group), exporter.annotations(), redis.placement(), logged);
        return losesItsData(template.getSpec()) ? declared(template) : template;
    }

    /** By the template as the user has patched it: a volume of his own in that place may keep data. */
    private static boolean losesItsData(PodSpec pod) {
        Optional<String> volume = pod.getContainers().stream()
                .filter(container -> container.getName().equals(SERVER))
                .flatMap(container -> container.getVolumeMounts().stream())
                .filter(mount -> mount.getMountPath().equals(DATA_PATH))
                .map(VolumeMount::getName)
                .findFirst();
        return pod.getVolumes().stream()
                .filter(each -> volume.filter(each.getName()::equals).isPresent())
                .anyMatch(each -> each.getEmptyDir() != null);
    }

    /** Only this lets a group begin again when all its servers were gone at once (decision 29). */
    private static PodTemplateSpec declared(PodTemplateSpec template) {
        return new PodTemplateSpecBuilder(template)
                .editSpec()
                .editMatchingContainer(container -> container.getName().equals(SERVER))
                .addNewEnv()
                .withName(EPHEMERAL)
                .withValue("true")
                .endEnv()
                .endContainer()
                .endSpec()
                .build();
    }

    private PodSpec pod(int group) {
        PodSpecBuilder pod = pods.pod(redis.placement())
                .withAffinity(affinity(group))
                .withTerminationGracePeriodSeconds(STOP_SECONDS)
                .addToContainers(server());
        redis.extras().scheduler().ifPresent(pod::withSchedulerName);
        Pods.secretVolume(pods.confVolume(pod, "server"), "secret", names.secret());
        exporter.addTo(pod);
        if (!redis.extras().persistent()) {
            pod.addNewVolume().withName(DATA).withNewEmptyDir().endEmptyDir().endVolume();
        }
        return pod.build();
    }

    private Container server() {
        return Pods.withSecret(Pods.withConf(pods.container(
                        "server",
                        redis.placement(),
                        List.of(
                                "codis-server",
                                Pods.CONF + "/redis.conf",
                                "--port=" + ObjectNames.SERVER_PORT,
                                "--bind=0.0.0.0",
                                "--announce=$(POD_NAME)." + names.service("server") + ".$(POD_NAMESPACE)"
                                        + ObjectNames.ADDRESS_SUFFIX,
                                "--dashboard-wait=" + DASHBOARD_WAIT,
                                "--dir=" + DATA_PATH))))
                .addNewPort()
                .withName("codis-server")
                .withContainerPort(ObjectNames.SERVER_PORT)
                .endPort()
                .addNewPort()
                .withName("launcher")
                .withContainerPort(ObjectNames.LAUNCHER_PORT)
                .endPort()
                .withStartupProbe(Pods.http("/healthz", ObjectNames.LAUNCHER_PORT, 2, Pods.SLOW_START))
                .withLivenessProbe(Pods.http("/healthz", ObjectNames.LAUNCHER_PORT, 10, 6))
                .withReadinessProbe(Pods.http("/readyz", ObjectNames.LAUNCHER_PORT, 2, 3))
                .addNewVolumeMount()
                .withName(DATA)
                .withMountPath(DATA_PATH)
                .endVolumeMount()
                .build();
    }

    /** The user's own, and: members of one group on different nodes, better still in different zones. */
    private Affinity affinity(int group) {
        AffinityBuilder affinity =
                new AffinityBuilder(Pods.affinity(redis.placement()).orElseGet(Affinity::new));
        var zones = new WeightedPodAffinityTerm(apart(group, "topology.kubernetes.io/zone"), ZONES_WEIGHT);
        PodAffinityTerm nodes = apart(group, "kubernetes.io/hostname");
        if (redis.extras().keepApart()) {
            return affinity.editOrNewPodAntiAffinity()
                    .addToRequiredDuringSchedulingIgnoredDuringExecution(nodes)
                    .addToPreferredDuringSchedulingIgnoredDuringExecution(zones)
                    .endPodAntiAffinity()
                    .build();
        }
        return affinity.editOrNewPodAntiAffinity()
                .addToPreferredDuringSchedulingIgnoredDuringExecution(
                        new WeightedPodAffinityTerm(nodes, NODES_WEIGHT), zones)
                .endPodAntiAffinity()
                .build();
    }

    private PodAffinityTerm apart(int group, String topologyKey) {
        return new PodAffinityTermBuilder()
                .withTopologyKey(topologyKey)
                .withLabelSelector(new LabelSelectorBuilder()
                        .withMatchLabels(names.selector(group))
                        .build())
                .build();
    }

    private PersistentVolumeClaim claim() {
        PersistentVolumeClaimBuilder claim = new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(DATA)
                .withLabels(names.selector("server"))
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .withRequests(Pods.quantities(redis.extras().storageResources().requests()))
                .endResources()
                .endSpec();
        Optional<String> storageClass = redis.extras().storageClassName();
        storageClass.ifPresent(
                name -> claim.editSpec().withStorageClassName(name).endSpec());
        return claim.build();
    }
}
