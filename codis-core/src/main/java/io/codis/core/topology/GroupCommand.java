package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.problem.Reason;
import java.util.ArrayList;

/** Groups and the list of their servers. */
public sealed interface GroupCommand extends TopologyCommand {

    int group();

    record CreateGroup(int group) implements GroupCommand {

        @Override
        public Topology changed(Topology before) {
            if (group < 1 || group > Group.MAX_ID) {
                throw refuse(Reason.INVALID_ARGUMENT, "invalid group id = %d, out of range", group);
            }
            if (before.groups().containsKey(group)) {
                throw refuse(Reason.ALREADY_EXISTS, "group-[%d] already exists", group);
            }
            return before.withGroup(Group.created(group, before.nextVersion()));
        }
    }

    /** Refused while the group has servers or a slot names it. */
    record RemoveGroup(int group) implements GroupCommand {

        @Override
        public Topology changed(Topology before) {
            if (!before.group(group).members().isEmpty()) {
                throw refuse(Reason.BUSY, "group-[%d] isn't empty", group);
            }
            before.slotsOf(group).findFirst().ifPresent(slot -> {
                throw refuse(Reason.BUSY, "group-[%d] is still used by slot-[%d]", group, slot.id());
            });
            return before.withoutGroup(group);
        }
    }

    /** The first server of a group is its master to be. */
    record AddServer(int group, String address, String datacenter) implements GroupCommand {

        @Override
        public Topology changed(Topology before) {
            if (!Addresses.valid(address)) {
                throw refuse(Reason.INVALID_ARGUMENT, "invalid server address");
            }
            if (before.groupOf(address).isPresent()) {
                throw refuse(Reason.ALREADY_EXISTS, "server-[%s] already exists", address);
            }
            Group present = before.quietGroup(group);
            var members = new ArrayList<>(present.members());
            members.add(Member.added(address, datacenter));
            return marked(before).withGroup(present.withMembers(members));
        }
    }

    /**
     * A master leaves only as the last server of a group that no slot names; a candidate, awaited or not, leaves with the
     * person's word that asks for this.
     */
    record RemoveServer(int group, String address) implements GroupCommand {

        @Override
        public Topology changed(Topology before) {
            Group present = before.group(group);
            Member leaving = present.required(address);
            before.quietGroup(group);
            boolean last = present.members().size() == 1;
            if (present.indexOf(address) == 0
                    && !(last && before.slotsOf(group).findAny().isEmpty())) {
                throw refuse(Reason.BUSY, "group-[%d] can't remove master, still in use", group);
            }
            var members = new ArrayList<>(present.members());
            members.remove(leaving);
            boolean outOfSync = !last && (present.outOfSync() || leaving.replicaGroup());
            return marked(before).withGroup(present.withMembers(members).withOutOfSync(outOfSync));
        }
    }

    /** The present list is known to all proxies, or is not. */
    record MarkGroup(int group, boolean outOfSync) implements GroupCommand {

        @Override
        public Topology changed(Topology before) {
            return before.withGroup(before.group(group).withOutOfSync(outOfSync));
        }
    }

    /** A new login for keys that leave this group; the old one is to be deleted at the targets before it is used. */
    record NewMoveGeneration(int group) implements GroupCommand {

        @Override
        public Topology changed(Topology before) {
            return before.withGroup(before.group(group).withMoveGeneration(before.nextVersion()));
        }
    }

    private static Topology marked(Topology topology) {
        return topology.sentinels().servers().isEmpty()
                ? topology
                : topology.withSentinels(new Sentinels(topology.sentinels().servers(), true));
    }
}
