package io.codis.operator.desired;

import io.codis.core.spec.BackupSchedule;
import io.codis.core.spec.Placement;
import io.codis.core.spec.RedisSpec;
import io.codis.core.spec.Resources;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Backups by a schedule: a job that runs {@code codis-backup}, and where its files go. */
public final class BackupObjects {

    public static final String COMPONENT = "backup";
    /** Of the CronJob: the node that it is pinned to. Whoever wants another removes it. */
    private static final String NODE = "k8s.infra.cn/backup-node";

    private static final String VOLUME = "backups";
    private static final String TO = "/backups";
    private static final String DIRECTORY = "codis-backup";
    private static final int TRIES = 2;
    /** No processor: where it is pinned to a node that is full, it is to run all the same, with what others leave. */
    private static final Resources ASKED = new Resources(Map.of(), Map.of("memory", "128Mi"));

    private final Wanted wanted;
    private final ObjectNames names;
    private final RedisSpec redis;
    private final Pods pods;
    private final Former former;

    BackupObjects(Wanted wanted, Former former) {
        this.wanted = wanted;
        this.names = wanted.names();
        this.redis = wanted.spec().redis();
        this.pods = new Pods(wanted);
        this.former = former;
    }

    /** The node that these backups are pinned to. */
    public static Optional<String> nodeOf(CronJob job) {
        return Optional.ofNullable(job.getMetadata().getAnnotations())
                .flatMap(annotations -> Optional.ofNullable(annotations.get(NODE)));
    }

    /** Whether the files go into a directory of one node: what the seed's users know, unless they ask for a volume. */
    private boolean inDirectory() {
        return wanted.spec().logPath().isPresent() && asked().isEmpty();
    }

    private Map<String, String> asked() {
        return redis.extras()
                .backup()
                .map(schedule -> schedule.storageResources().requests())
                .orElse(Map.of());
    }

    Optional<CronJob> cronJob(Optional<String> node) {
        boolean placed = inDirectory() ? node.isPresent() : claim().isPresent();
        return redis.extras().backup().filter(schedule -> placed).map(schedule -> cronJob(schedule, node.orElse("")));
    }

    private CronJob cronJob(BackupSchedule schedule, String node) {
        CronJob carrier = new CronJobBuilder()
                .withMetadata(pods.meta(names.backupJob(), names.labels(COMPONENT)))
                .build();
        String inputs = new Inputs(wanted).backups(node);
        Form form = Form.carried(former.of(carrier), inputs)
                .orElseGet(() -> Form.made(inputs, wanted, "", template(schedule, node)));
        var job = new CronJobBuilder()
                .withMetadata(form.carriedBy(carrier.getMetadata()))
                .withNewSpec()
                .withSchedule(schedule.schedule())
                .withConcurrencyPolicy(schedule.concurrencyPolicy())
                .withNewJobTemplate()
                .withNewMetadata()
                .withLabels(names.labels(COMPONENT))
                .endMetadata()
                .withNewSpec()
                .withBackoffLimit(TRIES)
                .withTemplate(form.template())
                .endSpec()
                .endJobTemplate()
                .endSpec();
        schedule.startingDeadlineSeconds()
                .ifPresent(seconds -> job.editSpec()
                        .withStartingDeadlineSeconds((long) seconds)
                        .endSpec());
        schedule.successfulJobsHistoryLimit()
                .ifPresent(limit ->
                        job.editSpec().withSuccessfulJobsHistoryLimit(limit).endSpec());
        if (inDirectory()) {
            job.editMetadata().addToAnnotations(NODE, node).endMetadata();
        }
        return job.build();
    }

    private PodTemplateSpec template(BackupSchedule schedule, String node) {
        var given = PodTemplates.given(redis.placement());
        var placement = new Placement(redis.placement().nodeSelector(), Map.of(), Map.of(), ASKED, Map.of());
        PodSpecBuilder pod =
                pods.pod(placement).withRestartPolicy("Never").addToContainers(container(schedule, placement));
        Optional.ofNullable(given.tolerations).ifPresent(pod::withTolerations);
        Optional.ofNullable(given.priorityClassName).ifPresent(pod::withPriorityClassName);
        Pods.secretVolume(pod, "secret", names.secret());
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(names.labels(COMPONENT))
                .endMetadata()
                .withSpec(placed(pod, node))
                .build();
    }

    private Container container(BackupSchedule schedule, Placement placement) {
        List<String> command = List.of(
                "codis-backup",
                "--dashboard=" + names.dashboardAddress(),
                "--to=" + TO,
                "--keep=" + schedule.keep(),
                "--keep-days=" + schedule.keepDays());
        ContainerBuilder container = Pods.withSecret(pods.container(COMPONENT, placement, command))
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .addNewVolumeMount()
                .withName(inDirectory() ? HostLogs.VOLUME : VOLUME)
                .withMountPath(TO)
                .withSubPath(inDirectory() ? DIRECTORY : null)
                .endVolumeMount();
        redis.extras().backupImage().ifPresent(container::withImage);
        return container.build();
    }

    private PodSpec placed(PodSpecBuilder pod, String node) {
        return inDirectory()
                ? pod.addToInitContainers(HostLogs.maker(DIRECTORY, wanted.image()))
                        .addToNodeSelector("kubernetes.io/hostname", node)
                        .addNewVolume()
                        .withName(HostLogs.VOLUME)
                        .withNewHostPath(wanted.spec().logPath().orElseThrow(), "DirectoryOrCreate")
                        .endVolume()
                        .build()
                : pod.addNewVolume()
                        .withName(VOLUME)
                        .withNewPersistentVolumeClaim()
                        .withClaimName(names.backupClaim())
                        .endPersistentVolumeClaim()
                        .endVolume()
                        .build();
    }

    Optional<PersistentVolumeClaim> claim() {
        boolean persistent = redis.extras().persistent();
        if (redis.extras().backup().isEmpty() || inDirectory() || (asked().isEmpty() && !persistent)) {
            return Optional.empty();
        }
        var meta = pods.meta(names.backupClaim(), names.labels(COMPONENT));
        // what becomes of backups is for deletionPolicy to say, as for the servers' volumes
        meta.setOwnerReferences(null);
        PersistentVolumeClaimBuilder claim = new PersistentVolumeClaimBuilder()
                .withMetadata(meta)
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .withRequests(asked().isEmpty() ? oneOfFullVolumes() : Pods.quantities(asked()))
                .endResources()
                .endSpec();
        redis.extras()
                .storageClassName()
                .ifPresent(name -> claim.editSpec().withStorageClassName(name).endSpec());
        return Optional.of(claim.build());
    }

    private Map<String, Quantity> oneOfFullVolumes() {
        String each = redis.extras().storageResources().requests().getOrDefault("storage", "1Gi");
        BigDecimal bytes = Quantity.getAmountInBytes(new Quantity(each)).multiply(BigDecimal.valueOf(redis.groups()));
        return Map.of("storage", new Quantity(bytes.toBigInteger().toString()));
    }
}
