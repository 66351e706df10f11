package io.codis.core.spec;

import java.util.Optional;

/**
 * What stands beside the servers on Kubernetes: metrics, backups and volumes.
 *
 * @param scheduler the name of the pod scheduler
 * @param keepApart no two members of a group on one node, even if one of them then finds none
 * @param storageResources what is asked of each volume
 */
public record ServerExtras(
        Optional<String> scheduler,
        boolean keepApart,
        Optional<String> exporterImage,
        Resources exporterResources,
        Optional<String> backupImage,
        Optional<BackupSchedule> backup,
        Optional<String> storageClassName,
        Resources storageResources) {

    /** Servers keep their data on volumes of their own. */
    public boolean persistent() {
        return !storageResources.requests().isEmpty();
    }
}
