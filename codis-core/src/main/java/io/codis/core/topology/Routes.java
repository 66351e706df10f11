package io.codis.core.topology;

import io.codis.core.migration.SlotAction;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.MoveRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The routing that follows from a topology; see docs/architecture.md, "Routes".
 *
 * <p>Without secrets: the table's own credentials are null and a move's password is empty. Whoever pushes the table fills
 * them in.
 */
public final class Routes {

    private Routes() {}

    /** The table of every proxy, under the epoch of the leading dashboard. */
    public static RouteTable of(Topology topology) {
        var slots = ranges(topology);
        var ids = new TreeSet<Integer>();
        slots.forEach(s -> {
            ids.add(s.group());
            if (s.source() != 0) {
                ids.add(s.source());
            }
        });
        var groups = ids.stream().map(id -> group(topology.group(id))).toList();
        return new RouteTable(topology.leaderEpoch(), topology.version(), null, groups, slots, moves(topology, slots));
    }

    /** The user name with which MIGRATE out of the group logs in at a target. */
    public static String moveUser(Group source) {
        return "mig-" + source.id() + "-" + source.moveGeneration();
    }

    private static List<SlotRoute> ranges(Topology topology) {
        var ranges = new ArrayList<SlotRoute>();
        for (Slot slot : topology.slots()) {
            SlotRoute next = route(topology, slot);
            if (next.group() == 0) {
                continue;
            }
            SlotRoute last = ranges.isEmpty() ? null : ranges.getLast();
            if (last != null && continues(last, next)) {
                ranges.set(
                        ranges.size() - 1,
                        new SlotRoute(last.from(), next.to(), last.group(), last.source(), last.locked()));
            } else {
                ranges.add(next);
            }
        }
        return List.copyOf(ranges);
    }

    private static boolean continues(SlotRoute last, SlotRoute next) {
        return last.to() + 1 == next.from()
                && last.group() == next.group()
                && last.source() == next.source()
                && last.locked() == next.locked();
    }

    private static SlotRoute route(Topology topology, Slot slot) {
        return switch (slot.action()) {
            case SlotAction.Idle ignored -> route(topology, slot, slot.group(), 0, false);
            case SlotAction.Pending ignored -> route(topology, slot, slot.group(), 0, false);
            case SlotAction.Preparing a -> route(topology, slot, a.target(), slot.group(), true);
            case SlotAction.Swapping a -> route(topology, slot, a.target(), slot.group(), true);
            case SlotAction.Prepared a -> route(topology, slot, a.target(), slot.group(), true);
            case SlotAction.Migrating a -> route(topology, slot, a.target(), slot.group(), false);
            case SlotAction.Finished a -> route(topology, slot, a.target(), 0, false);
        };
    }

    private static SlotRoute route(Topology topology, Slot slot, int group, int source, boolean locked) {
        if (group == 0 || topology.group(group).members().isEmpty()) {
            return new SlotRoute(slot.id(), slot.id(), 0, 0, false);
        }
        boolean waits = locked || locks(topology, group) || (source != 0 && locks(topology, source));
        return new SlotRoute(slot.id(), slot.id(), group, source, waits);
    }

    /** A group that never had a master is as good as one that is getting one: its server answers nothing yet. */
    private static boolean locks(Topology topology, int id) {
        Group group = topology.group(id);
        return group.promotion().locks() || !group.initialized();
    }

    private static GroupRoute group(Group group) {
        var readable = group.replicas().stream()
                .filter(m -> m.replicaGroup() && m.candidacy() == Candidacy.CANDIDATE)
                .map(Member::address)
                .toList();
        String master = group.master().map(Member::address).orElse("");
        return new GroupRoute(group.id(), master, group.awaited(), readable);
    }

    private static List<MoveRoute> moves(Topology topology, List<SlotRoute> slots) {
        return slots.stream()
                .filter(s -> s.source() != 0)
                .map(s ->
                        new MoveRoute(s.source(), s.group(), new Credentials(moveUser(topology.group(s.source())), "")))
                .distinct()
                .toList();
    }
}
