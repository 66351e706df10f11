package io.codis.core.rebuild;

import io.codis.core.topology.TopologyDocument;
import io.codis.core.wire.ServerState.Role;
import org.jspecify.annotations.Nullable;

/**
 * What one server's volume says of itself and of its cluster ({@code GET /api/server/identity}).
 *
 * @param clusterId empty for a volume that never belonged to a cluster
 * @param member {@code host:port} of the server
 * @param role the last one that was ordered, under {@code epoch}
 * @param map the cluster as it was last told; null if nothing was
 */
public record Survivor(
        String clusterId,
        int group,
        String member,
        long leaderEpoch,
        long promised,
        long epoch,
        Role role,
        @Nullable TopologyDocument map) {

    /** It never belonged to anybody. */
    boolean fresh() {
        return clusterId.isEmpty();
    }

    long highestEpoch() {
        return Math.max(leaderEpoch, Math.max(promised, epoch));
    }
}
