package io.codis.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.wire.ServerState.Role;
import org.jspecify.annotations.Nullable;

/**
 * What {@code identity.json} holds (safety rule 10).
 *
 * @param clusterKey a mark derived from the cluster's secret: a volume of another cluster has another one
 * @param clusterId empty until adopted
 * @param group 0 until adopted
 * @param member {@code host:port} that others know it by
 * @param leaderEpoch the highest epoch of a leading dashboard seen
 * @param promised no role of a lower epoch is taken, and no peer of a lower epoch is confirmed
 * @param epoch of the last role
 * @param role the last one; never taken again by itself
 * @param roleRunId the engine's run for which the role was ordered
 * @param dataEpoch of the last role under which the data was complete and on disk
 * @param replid the replication id that {@code offset} counts in
 * @param offset recorded every second and at a clean stop
 * @param hasData the volume held keys once
 * @param map what the dashboard last told of slots and moves, to rebuild a lost map from; null if nothing
 * @param wholeEpoch of the role of master that its engine gave up in good order, every write on disk; 0 after any other end
 *     and from the next role on
 */
public record Identity(
        String clusterKey,
        String clusterId,
        int group,
        String member,
        long leaderEpoch,
        long promised,
        long epoch,
        Role role,
        String roleRunId,
        long dataEpoch,
        String replid,
        long offset,
        boolean hasData,
        @Nullable JsonNode map,
        long wholeEpoch) {

    /** A volume without a past. */
    public static Identity fresh(String clusterKey, String member) {
        return new Identity(clusterKey, "", 0, member, 0, 0, 0, Role.FENCED, "", 0, "", 0, false, null, 0);
    }

    /** After everything it held was removed; what it owes to the control plane remains. */
    public Identity wiped() {
        return new Identity(clusterKey, "", 0, member, leaderEpoch, 0, 0, Role.FENCED, "", 0, "", 0, false, null, 0);
    }

    public Identity withLeader(long newLeaderEpoch) {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                newLeaderEpoch,
                promised,
                epoch,
                role,
                roleRunId,
                dataEpoch,
                replid,
                offset,
                hasData,
                map,
                wholeEpoch);
    }

    public Identity withPromise(long newPromised) {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                leaderEpoch,
                newPromised,
                epoch,
                role,
                roleRunId,
                dataEpoch,
                replid,
                offset,
                hasData,
                map,
                wholeEpoch);
    }

    /** Adopted by a cluster and group, if it was not yet. */
    public Identity adopted(String newClusterId, int newGroup) {
        return new Identity(
                clusterKey,
                newClusterId,
                newGroup,
                member,
                leaderEpoch,
                promised,
                epoch,
                role,
                roleRunId,
                dataEpoch,
                replid,
                offset,
                hasData,
                map,
                wholeEpoch);
    }

    public Identity asMaster(long newEpoch, String runId) {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                leaderEpoch,
                newEpoch,
                newEpoch,
                Role.MASTER,
                runId,
                newEpoch,
                replid,
                offset,
                hasData,
                map,
                0);
    }

    public Identity asReplica(long newEpoch, String runId) {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                leaderEpoch,
                newEpoch,
                newEpoch,
                Role.REPLICA,
                runId,
                dataEpoch,
                replid,
                offset,
                hasData,
                map,
                0);
    }

    /** How far its data has come under its role. */
    public Identity at(String newReplid, long newOffset, long newDataEpoch) {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                leaderEpoch,
                promised,
                epoch,
                role,
                roleRunId,
                newDataEpoch,
                newReplid,
                newOffset,
                hasData,
                map,
                wholeEpoch);
    }

    /** Every write of its present role is on disk, and none comes any more. */
    public Identity whole() {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                leaderEpoch,
                promised,
                epoch,
                role,
                roleRunId,
                dataEpoch,
                replid,
                offset,
                hasData,
                map,
                epoch);
    }

    public Identity withData() {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                leaderEpoch,
                promised,
                epoch,
                role,
                roleRunId,
                dataEpoch,
                replid,
                offset,
                true,
                map,
                wholeEpoch);
    }

    public Identity withMap(JsonNode newMap) {
        return new Identity(
                clusterKey,
                clusterId,
                group,
                member,
                leaderEpoch,
                promised,
                epoch,
                role,
                roleRunId,
                dataEpoch,
                replid,
                offset,
                hasData,
                newMap,
                wholeEpoch);
    }
}
