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

        @Min(0) @Nullable Integer startingDeadlineSeconds,
        @Nullable Concurrency concurrencyPolicy,
        @Min(0) @Nullable Integer successfulJobsHistoryLimit) {}
