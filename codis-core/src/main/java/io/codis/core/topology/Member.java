package io.codis.core.topology;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One storage server of a group.
 *
 * @param address {@code host:port}, unique over the whole cluster
 * @param datacenter free label, may be empty
 * @param replicaGroup may serve reads while it is a replica in sync
 * @param candidacy whether it may be promoted and whether its acknowledgement counts
 * @param sync the replication job that a person asked for
 * @param fenced a person has said so: it keeps its data, serves nobody, follows nobody and becomes no master; never of a
 *     master. Documents of before do not have it
 */
public record Member(
        String address,
        String datacenter,
        boolean replicaGroup,
        Candidacy candidacy,
        SyncAction sync,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean fenced) {

    static Member added(String address, String datacenter) {
        return new Member(address, datacenter, false, Candidacy.OUT, SyncAction.NONE, false);
    }

    Member withReplicaGroup(boolean serves) {
        return new Member(address, datacenter, serves, candidacy, sync, fenced);
    }

    Member withCandidacy(Candidacy next) {
        return new Member(address, datacenter, replicaGroup, next, sync, fenced);
    }

    Member withSync(SyncAction next) {
        return new Member(address, datacenter, replicaGroup, candidacy, next, fenced);
    }

    /** What it may have that others lose is remembered, until it is proven that they do not. */
    Member fence() {
        return new Member(address, datacenter, replicaGroup, candidacy.fenced(), SyncAction.NONE, true);
    }

    Member unfence() {
        return new Member(address, datacenter, replicaGroup, candidacy, sync, false);
    }
}
