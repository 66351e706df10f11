package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.Reason;
import java.util.List;

/** One server inside its group: candidacy, fences, replica reads, replication jobs. */
public sealed interface MemberCommand extends TopologyCommand {

    /** From now on everybody who takes this version waits for the replica. */
    record AwaitReplica(int group, String address) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            Member replica = replica(present, address);
            if (replica.fenced()) {
                throw refuse(Reason.NOT_READY, "server-[%s] is fenced", address);
            }
            if (replica.candidacy().awaited()) {
                throw refuse(Reason.ALREADY_EXISTS, "server-[%s] is awaited already", address);
            }
            return before.withGroup(present.withMember(address, m -> m.withCandidacy(Candidacy.AWAITED)));
        }
    }

    /** The replica has caught up after every proxy and mover has begun to wait for it. */
    record AdmitCandidate(int group, String address) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            if (replica(present, address).candidacy() != Candidacy.AWAITED) {
                throw refuse(Reason.NOT_READY, "server-[%s] isn't awaited", address);
            }
            return before.withGroup(present.withMember(address, m -> m.withCandidacy(Candidacy.CANDIDATE)));
        }
    }

    /**
     * Nobody waits for the replica any more, once this is stored.
     *
     * @param decided a person said so; the last candidate leaves only by a person, since without it the master's death
     *     may lose acknowledged writes
     */
    record DropCandidate(int group, String address, boolean decided) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            Member replica = replica(present, address);
            if (replica.candidacy() == Candidacy.OUT) {
                throw refuse(Reason.NOT_FOUND, "server-[%s] isn't awaited", address);
            }
            boolean last = present.candidates().equals(List.of(address));
            if (last && !decided) {
                throw refuse(Reason.NEEDS_DECISION, "server-[%s] is the last candidate of group-[%d]", address, group);
            }
            if (present.promotion() instanceof Promotion.Prepared prepared
                    && prepared.member().equals(address)) {
                throw refuse(Reason.BUSY, "group-[%d] is promoting", group);
            }
            return before.withGroup(present.withMember(address, m -> m.withCandidacy(Candidacy.OUT)));
        }
    }

    /** A person takes a replica out of everything; a master first gives its role away. Nobody waits for it from then on. */
    record FenceServer(int group, String address) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.quietGroup(group);
            Member replica = replica(present, address);
            if (replica.fenced()) {
                throw refuse(Reason.ALREADY_EXISTS, "server-[%s] is fenced already", address);
            }
            if (!present.initialized()) {
                throw refuse(Reason.NOT_READY, "group-[%d] has had no master yet", group);
            }
            return before.withGroup(present.withMember(address, Member::fence));
        }
    }

    /** It may follow its master again. Also while a promotion waits: it may be waiting for just this. */
    record UnfenceServer(int group, String address) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            if (!present.required(address).fenced()) {
                throw refuse(Reason.NOT_FOUND, "server-[%s] isn't fenced", address);
            }
            return before.withGroup(present.withMember(address, Member::unfence));
        }
    }

    /** Whether the server may serve reads. Takes effect with the next route; the flag out_of_sync says so. */
    record SetReplicaGroup(int group, String address, boolean serves) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            present.required(address);
            before.quietGroup(group);
            boolean used = before.slotsOf(group).findAny().isPresent();
            boolean outOfSync =
                    present.outOfSync() || (used && present.members().size() > 1);
            return before.withGroup(
                    present.withMember(address, m -> m.withReplicaGroup(serves)).withOutOfSync(outOfSync));
        }
    }

    /** A person asks for the server's replication to be set up again. */
    record CreateSyncAction(String address) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group group = owner(before, address);
            before.quietGroup(group.id());
            if (group.required(address).fenced()) {
                throw refuse(
                        Reason.NOT_READY, "server-[%s] is fenced, and follows nobody until it is unfenced", address);
            }
            if (group.required(address).sync().state() == SyncAction.State.PENDING) {
                throw refuse(Reason.ALREADY_EXISTS, "server-[%s] action already exist", address);
            }
            int index = before.groups().values().stream()
                    .flatMap(g -> g.members().stream())
                    .mapToInt(m -> m.sync().index())
                    .max()
                    .orElse(0);
            var pending = new SyncAction(index + 1, SyncAction.State.PENDING);
            return before.withGroup(group.withMember(address, m -> m.withSync(pending)));
        }
    }

    record RemoveSyncAction(String address) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group group = owner(before, address);
            if (group.required(address).sync().state() == SyncAction.State.NONE) {
                throw refuse(Reason.NOT_FOUND, "server-[%s] action doesn't exist", address);
            }
            return before.withGroup(group.withMember(address, m -> m.withSync(SyncAction.NONE)));
        }
    }

    /** The job runs, or has ended. */
    record StepSyncAction(String address, SyncAction.State state) implements MemberCommand {

        @Override
        public Topology changed(Topology before) {
            Group group = owner(before, address);
            var from = group.required(address).sync().state();
            boolean legal = switch (state) {
                case NONE, PENDING -> false;
                case SYNCING -> from == SyncAction.State.PENDING;
                case SYNCED, SYNCED_FAILED -> from == SyncAction.State.SYNCING;
            };
            if (!legal) {
                throw refuse(Reason.BUSY, "server-[%s] action isn't %s", address, state);
            }
            return before.withGroup(group.withMember(address, m -> m.withSync(new SyncAction(0, state))));
        }
    }

    private static Group owner(Topology topology, String address) {
        return topology.groupOf(address)
                .orElseThrow(() -> refuse(Reason.NOT_FOUND, "server-[%s] doesn't exist", address));
    }

    private static Member replica(Group group, String address) {
        Member member = group.required(address);
        if (group.indexOf(address) == 0) {
            throw refuse(Reason.INVALID_ARGUMENT, "server-[%s] is the master of group-[%d]", address, group.id());
        }
        return member;
    }
}
