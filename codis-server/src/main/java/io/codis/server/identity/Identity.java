package io.codis.server.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.wire.ServerState.Role;
import java.util.function.Consumer;
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
        return fresh(clusterKey, member).withLeader(leaderEpoch);
    }

    public Identity withLeader(long newLeaderEpoch) {
        return changed(next -> next.leaderEpoch = newLeaderEpoch);
    }

    public Identity withPromise(long newPromised) {
        return changed(next -> next.promised = newPromised);
    }

    /** Adopted by a cluster and group, if it was not yet. */
    public Identity adopted(String newClusterId, int newGroup) {
        return changed(next -> {
            next.clusterId = newClusterId;
            next.group = newGroup;
        });
    }

    public Identity asMaster(long newEpoch, String runId) {
        return as(Role.MASTER, newEpoch, runId).changed(next -> next.dataEpoch = newEpoch);
    }

    public Identity asReplica(long newEpoch, String runId) {
        return as(Role.REPLICA, newEpoch, runId);
    }

    private Identity as(Role newRole, long newEpoch, String runId) {
        return changed(next -> {
            next.promised = newEpoch;
            next.epoch = newEpoch;
            next.role = newRole;
            next.roleRunId = runId;
            next.wholeEpoch = 0;
        });
    }

    /** How far its data has come under its role. */
    public Identity at(String newReplid, long newOffset, long newDataEpoch) {
        return changed(next -> {
            next.replid = newReplid;
            next.offset = newOffset;
            next.dataEpoch = newDataEpoch;
        });
    }

    /** Every write of its present role is on disk, and none comes any more. */
    public Identity whole() {
        return changed(next -> next.wholeEpoch = epoch);
    }

    public Identity withData() {
        return changed(next -> next.hasData = true);
    }

    public Identity withMap(JsonNode newMap) {
        return changed(next -> next.map = newMap);
    }

    private Identity changed(Consumer<Next> change) {
        var next = new Next(this);
        change.accept(next);
        return next.identity();
    }

    /** An identity on its way to another one; what never changes is taken from that of before. */
    private static final class Next {
        private final Identity before;
        private String clusterId;
        private int group;
        private long leaderEpoch;
        private long promised;
        private long epoch;
        private Role role;
        private String roleRunId;
        private long dataEpoch;
        private String replid;
        private long offset;
        private boolean hasData;
        private @Nullable JsonNode map;
        private long wholeEpoch;

        Next(Identity before) {
            this.before = before;
            this.clusterId = before.clusterId;
            this.group = before.group;
            this.leaderEpoch = before.leaderEpoch;
            this.promised = before.promised;
            this.epoch = before.epoch;
            this.role = before.role;
            this.roleRunId = before.roleRunId;
            this.dataEpoch = before.dataEpoch;
            this.replid = before.replid;
            this.offset = before.offset;
            this.hasData = before.hasData;
            this.map = before.map;
            this.wholeEpoch = before.wholeEpoch;
        }

        Identity identity() {
            return new Identity(
                    before.clusterKey,
                    clusterId,
                    group,
                    before.member,
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
    }
}
