package io.codis.core.spec;

import java.util.OptionalInt;

/**
 * When dumps are taken.
 *
 * @param schedule five cron fields
 * @param concurrencyPolicy Allow, Forbid or Replace
 * @param startingDeadlineSeconds how late a run may start
 */
public record BackupSchedule(
        String schedule,
        String concurrencyPolicy,
        OptionalInt startingDeadlineSeconds,
        OptionalInt successfulJobsHistoryLimit) {}
