package io.codis.core.spec;

import java.util.Optional;

/**
 * What stands beside the servers on Kubernetes: metrics, backups and volumes.
 *
 * @param scheduler the name of the pod scheduler
 * @param storageResources what is asked of each volume
 */
public record ServerExtras(
        Optional<String> scheduler,
        Optional<String> exporterImage,
        Resources exporterResources,
        Optional<String> backupImage,
        Optional<BackupSchedule> backup,
        Optional<String> storageClassName,
        Resources storageResources) {

    public static final ServerExtras NONE = new ServerExtras(
            Optional.empty(),
            Optional.empty(),
            Resources.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Resources.NONE);
}
