package io.codis.operator.reconcile;

import io.codis.core.spec.BackupSchedule;
import io.codis.operator.desired.BackupObjects;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether backups are made as the schedule says.
 *
 * @param good the last one that was tried was made
 */
record BackupReport(boolean good, String reason, String message) {

    static final String MADE = "the last one was made at ";

    private static final String NO_PLACE = "NoPlace";
    private static final String NO_PROGRAM = "ImageLacksBackup";
    private static final String FAILED = "BackupFailed";

    /** Reasons that somebody has to do something about. */
    static final Set<String> BAD = Set.of(NO_PLACE, NO_PROGRAM, FAILED);

    static BackupReport of(Wanted wanted, Live live) {
        BackupSchedule schedule = wanted.spec().redis().extras().backup().orElseThrow();
        if (new DesiredCluster(wanted).backups(Optional.of("any")).isEmpty()) {
            return new BackupReport(
                    false,
                    NO_PLACE,
                    "there is no place for backups; set redisSpec.backupCronJob.storageResources, for a volume, or spec.logPath,"
                            + " for a directory of a node");
        }
        Optional<CronJob> there = live.backupSchedule();
        if (there.isEmpty()) {
            return new BackupReport(false, "NotScheduled", "backups begin when servers run");
        }
        Optional<BackupReport> failed = live.backupRuns().stream()
                .findFirst()
                .flatMap(run -> lacksProgram(run, live).or(() -> failed(run, live)));
        return failed.orElseGet(() -> new BackupReport(
                true,
                "Scheduled",
                "at " + schedule.schedule() + ", into " + place(wanted, there.get()) + last(there.get())));
    }

    private static String place(Wanted wanted, CronJob job) {
        return BackupObjects.nodeOf(job)
                .map(node -> wanted.spec().logPath().orElse("") + "/codis-backup of node " + node)
                .orElseGet(() -> "claim " + wanted.names().backupClaim());
    }

    private static String last(CronJob job) {
        return Optional.ofNullable(job.getStatus())
                .map(CronJobStatus::getLastSuccessfulTime)
                .map(time -> "; " + MADE + time)
                .orElse("; none was made yet");
    }

    private static Optional<BackupReport> lacksProgram(Job run, Live live) {
        return pods(run, live)
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .filter(container -> said(container).contains("executable file not found"))
                .findFirst()
                .map(
                        container -> new BackupReport(
                                false,
                                NO_PROGRAM,
                                "the image " + container.getImage()
                                        + " has no codis-backup; remove redisSpec.backupImage, so that the cluster's image is used"));
    }

    private static Optional<BackupReport> failed(Job run, Live live) {
        boolean failed = run.getStatus() != null
                && run.getStatus().getConditions().stream()
                        .anyMatch(each -> each.getType().equals("Failed")
                                && each.getStatus().equals("True"));
        if (!failed) {
            return Optional.empty();
        }
        String name = run.getMetadata().getName();
        String why = pods(run, live)
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .map(BackupReport::said)
                .filter(text -> !text.isBlank())
                .findFirst()
                .map(text -> ": " + lastLine(text))
                .orElse("");
        return Optional.of(
                new BackupReport(false, FAILED, name + " has failed" + why + "; see kubectl logs job/" + name));
    }

    private static Stream<Pod> pods(Job run, Live live) {
        return live.allPods().stream()
                .filter(pod -> BackupObjects.COMPONENT.equals(
                        pod.getMetadata().getLabels().get(ObjectNames.COMPONENT)))
                .filter(pod -> run.getMetadata()
                        .getName()
                        .equals(pod.getMetadata().getLabels().get("job-name")))
                .filter(pod -> pod.getStatus() != null);
    }

    private static String said(ContainerStatus container) {
        ContainerState state = container.getState();
        if (state == null) {
            return "";
        }
        return state.getTerminated() != null
                ? Objects.toString(state.getTerminated().getMessage(), "")
                : state.getWaiting() != null
                        ? Objects.toString(state.getWaiting().getMessage(), "")
                        : "";
    }

    private static String lastLine(String text) {
        String stripped = text.strip();
        return stripped.substring(stripped.lastIndexOf('\n') + 1);
    }
}
