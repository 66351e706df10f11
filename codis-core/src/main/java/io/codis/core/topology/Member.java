package io.codis.core.topology;

/**
 * One storage server of a group.
 *
 * @param address {@code host:port}, unique over the whole cluster
 * @param datacenter free label, may be empty
 * @param replicaGroup may serve reads while it is a replica in sync
 * @param candidacy whether it may be promoted and whether its acknowledgement counts
 * @param sync the replication job that a person asked for
 */
public record Member(String address, String datacenter, boolean replicaGroup, Candidacy candidacy, SyncAction sync) {

    static Member added(String address, String datacenter) {
        return new Member(address, datacenter, false, Candidacy.OUT, SyncAction.NONE);
    }

    Member withReplicaGroup(boolean serves) {
        return new Member(address, datacenter, serves, candidacy, sync);
    }

    Member withCandidacy(Candidacy next) {
        return new Member(address, datacenter, replicaGroup, next, sync);
    }

    Member withSync(SyncAction next) {
        return new Member(address, datacenter, replicaGroup, candidacy, next);
    }
}
