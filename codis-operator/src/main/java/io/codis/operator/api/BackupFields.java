package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** {@code spec.redisSpec.backupCronJob}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BackupFields(
        @JsonPropertyDescription("Five cron fields, such as 0 3 * * *.") @Required
        String schedule,

        @JsonPropertyDescription("A backup that could not start for so long is left out.") @Min(0) @Nullable
        Integer startingDeadlineSeconds,

        @JsonPropertyDescription("When a backup is due while another runs: Allow, Forbid (default) or Replace.")
        @Nullable
        Concurrency concurrencyPolicy,

        @JsonPropertyDescription("Ended backups whose jobs are kept to be looked at.") @Min(0) @Nullable
        Integer successfulJobsHistoryLimit,

        @JsonPropertyDescription("How many backups are kept, 0 for all; default 7.") @Min(0) @Nullable
        Integer keep,

        @JsonPropertyDescription("Backups older than this are removed, but for the newest; 0 (default) for never.")
        @Min(0)
        @Nullable
        Integer keepDays,

        @JsonPropertyDescription(
                "What is asked of the volume for backups; absent: the directory codis-backup of logPath,"
                        + " else room for one backup of full volumes.")
        @Nullable
        AmountFields storageResources) {}
