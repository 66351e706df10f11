package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackupReportTest {

    private static final String VOLUME = "storageResources: {requests: {storage: 1Gi}}";

    @Test
    void withoutAPlaceItSaysWhatToGive() {
        BackupReport report = BackupReport.of(wanted(""), live());

        assertThat(report.good()).isFalse();
        assertThat(report.reason()).isEqualTo("NoPlace");
        assertThat(report.message()).contains("redisSpec.backupCronJob.storageResources", "spec.logPath");
    }

    @Test
    void itSaysWhereTheyAreAndWhenTheLastWasMade() {
        Wanted wanted = wanted(VOLUME);
        assertThat(BackupReport.of(wanted, live()).reason()).isEqualTo("NotScheduled");
        CronJob schedule = schedule(wanted);

        assertThat(BackupReport.of(wanted, live(schedule)))
                .isEqualTo(new BackupReport(
                        true, "Scheduled", "at 0 3 * * *, into claim shop-codis-backup; none was made yet"));

        schedule.setStatus(new io.fabric8.kubernetes.api.model.batch.v1.CronJobStatusBuilder()
                .withLastSuccessfulTime("2026-11-27T03:00:09Z")
                .build());
        assertThat(BackupReport.of(wanted, live(schedule)).message())
                .endsWith("the last one was made at 2026-11-27T03:00:09Z");
    }

    @Test
    void theNewestRunCountsAndSaysWhyItFailed() {
        Wanted wanted = wanted(VOLUME);
        Job failed = job("shop-1", "2026-11-27T03:00:00Z", "Failed");

        BackupReport report = BackupReport.of(
                wanted,
                live(
                        schedule(wanted),
                        failed,
                        pod(
                                "shop-1",
                                "codis:1",
                                "one\nevent=backup-failed reason=TimedOut cause=2 slots still move\n")));

        assertThat(report)
                .isEqualTo(new BackupReport(
                        false,
                        "BackupFailed",
                        "shop-1 has failed: event=backup-failed reason=TimedOut cause=2 slots still move;"
                                + " see kubectl logs job/shop-1"));
        assertThat(BackupReport.of(
                                wanted,
                                live(schedule(wanted), failed, job("shop-2", "2026-11-28T03:00:00Z", "Complete")))
                        .good())
                .isTrue();
    }

    @Test
    void anImageWithoutTheProgramIsNamed() {
        Wanted wanted = wanted(VOLUME);

        BackupReport report = BackupReport.of(
                wanted,
                live(
                        schedule(wanted),
                        job("shop-1", "2026-11-27T03:00:00Z", "Suspended"),
                        pod(
                                "shop-1",
                                "old:0.1",
                                "exec: \"codis-backup\": executable file not found in $PATH: unknown")));

        assertThat(report.reason()).isEqualTo("ImageLacksBackup");
        assertThat(report.message()).contains("the image old:0.1 has no codis-backup", "redisSpec.backupImage");
    }

    private static Wanted wanted(String more) {
        CodisCluster resource = Serialization.unmarshal("""
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata: {name: shop, namespace: ns, uid: u}
                spec:
                  redisSpec:
                    backupCronJob: {schedule: "0 3 * * *", %s}
                """.formatted(more), CodisCluster.class);
        return ((Wanted.Reading.Right) Wanted.read(resource, "codis:1")).wanted();
    }

    private static CronJob schedule(Wanted wanted) {
        return new DesiredCluster(wanted).backups(Optional.empty()).orElseThrow();
    }

    private static Live live(HasMetadata... objects) {
        return new Live(wanted("").names(), List.of(objects));
    }

    private static Job job(String name, String created, String condition) {
        return new JobBuilder()
                .withNewMetadata()
                .withName(name)
                .withCreationTimestamp(created)
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod pod(String job, String image, String said) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(job + "-abcde")
                .withLabels(Map.of("app.kubernetes.io/component", "backup", "job-name", job))
                .endMetadata()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("codis-backup")
                .withImage(image)
                .withNewState()
                .withNewTerminated()
                .withMessage(said)
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
