package io.codis.core.spec;

import java.util.OptionalInt;

/**
 * When backups are made, and how many are kept.
 *
 * @param schedule five cron fields
 * @param concurrencyPolicy Allow, Forbid or Replace
 * @param startingDeadlineSeconds how late a run may start
 * @param keep how many backups, 0 for all
 * @param keepDays how old they may get, 0 for any age; the newest is always kept
 * @param storageResources what is asked of the volume for all of them; without requests that is for the operator to decide
 */
public record BackupSchedule(
        String schedule,
        String concurrencyPolicy,
        OptionalInt startingDeadlineSeconds,
        OptionalInt successfulJobsHistoryLimit,
        int keep,
        int keepDays,
        Resources storageResources) {

    static final int KEEP = 7;
}
