/**
 * Backups: one snapshot of every group, taken while no slot moves, with a manifest that says what belongs together.
 *
 * <p>A backup is a directory below {@code TO/PRODUCT}, named by the time at which it began: {@code group-N.rdb} for each
 * group that owns slots, and {@code manifest.json}, which is written last. Anything without a manifest is no backup.
 *
 * <p>Owns the files' layout ({@link io.codis.cli.backup.Manifest}) and how long they are kept. Must not know what runs it:
 * {@code codis-backup} by a schedule, or {@code codis backup} by hand. Start at {@link io.codis.cli.backup.Backup}.
 */
@NullMarked
package io.codis.cli.backup;

import org.jspecify.annotations.NullMarked;
