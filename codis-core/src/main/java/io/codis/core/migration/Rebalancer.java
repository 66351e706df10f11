package io.codis.core.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which slots ought to move so that every group has as many as the others. Counts slots, as Codis 3.2 does, and gives the
 * same plan as its dashboard for the same state; moves under way count for their target and are left alone.
 */
public final class Rebalancer {

    private final SortedSet<Integer> groups;
    private final int lower;
    private final int upper;
    private final Map<Integer, Integer> assigned = new HashMap<>();
    private final Map<Integer, List<Integer>> pending = new HashMap<>();
    private final Map<Integer, Integer> out = new HashMap<>();
    private final List<Integer> dock = new ArrayList<>();

    private Rebalancer(int slots, SortedSet<Integer> groups) {
        this.groups = groups;
        this.lower = slots / groups.size();
        this.upper = (slots + groups.size() - 1) / groups.size();
    }

    /**
     * The moves that even out all groups, offline slots included: slot to new group.
     *
     * @param slots every slot, by id
     * @param groups those that have servers
     * @throws CodisException {@link Reason#NOT_READY} without any group
     */
    public static SortedMap<Integer, Integer> plan(List<SlotView> slots, SortedSet<Integer> groups) {
        refuseNone(groups);
        var rebalancer = new Rebalancer(slots.size(), groups);
        rebalancer.count(slots);
        rebalancer.level(slots);
        return rebalancer.distribute();
    }

    /**
     * The moves that empty the groups that leave, evenly onto those that stay; slots of groups that stay do not move. A
     * slot that is on its way into a group that leaves is not in the plan: its move must end, or be withdrawn, first.
     *
     * @param staying groups that have servers and are not to be drained
     * @throws CodisException {@link Reason#NOT_READY} when no group stays
     */
    public static SortedMap<Integer, Integer> drain(
            List<SlotView> slots, SortedSet<Integer> staying, SortedSet<Integer> leaving) {
        refuseNone(staying);
        var rebalancer = new Rebalancer(slots.size(), staying);
        for (SlotView slot : slots) {
            int owner = slot.idle() ? slot.group() : slot.target();
            rebalancer.assigned.merge(owner, 1, Integer::sum);
        }
        var bySize = rebalancer.bySize();
        for (SlotView slot : slots) {
            if (slot.idle() && leaving.contains(slot.group())) {
                rebalancer.dockOne(slot.id(), bySize);
            }
        }
        return rebalancer.distribute();
    }

    private static void refuseNone(SortedSet<Integer> groups) {
        if (groups.isEmpty()) {
            throw new CodisException(Reason.NOT_READY, "no valid group could be found");
        }
    }

    private int size(int group) {
        return assigned.getOrDefault(group, 0)
                + pending.getOrDefault(group, List.of()).size()
                - out.getOrDefault(group, 0);
    }

    /** Up to {@code lower} slots of a group stay for certain; what it has above that may go. */
    private void count(List<SlotView> slots) {
        slots.stream().filter(s -> !s.idle()).forEach(s -> assigned.merge(s.target(), 1, Integer::sum));
        for (SlotView slot : slots) {
            if (!slot.idle() || slot.group() == 0) {
                continue;
            }
            if (size(slot.group()) < lower) {
                assigned.merge(slot.group(), 1, Integer::sum);
            } else {
                pending.computeIfAbsent(slot.group(), g -> new ArrayList<>()).add(slot.id());
            }
        }
    }

    private void level(List<SlotView> slots) {
        var bySize = bySize();
        slots.stream().filter(s -> s.idle() && s.group() == 0).forEach(s -> dockOne(s.id(), bySize));
        while (bySize.size() >= 2) {
            int from = bySize.removeLast();
            if (pending.getOrDefault(from, List.of()).size() == out.getOrDefault(from, 0)) {
                continue;
            }
            int to = bySize.removeFirst();
            if (size(from) <= lower || size(to) >= upper || size(from) - size(to) <= 1) {
                break;
            }
            out.merge(from, 1, Integer::sum);
            out.merge(to, -1, Integer::sum);
            bySize.add(from);
            bySize.add(to);
        }
    }

    /** An order over sizes that change: a group must be taken out before its size does. */
    private TreeSet<Integer> bySize() {
        var set = new TreeSet<Integer>(
                Comparator.<Integer>comparingInt(this::size).thenComparing(g -> g));
        set.addAll(groups);
        return set;
    }

    private void dockOne(int slot, TreeSet<Integer> bySize) {
        int to = bySize.removeFirst();
        dock.add(slot);
        out.merge(to, -1, Integer::sum);
        bySize.add(to);
    }

    private SortedMap<Integer, Integer> distribute() {
        out.forEach((group, count) -> {
            var slots = pending.getOrDefault(group, List.of());
            for (int i = 0; i < count; i++) {
                dock.add(slots.get(slots.size() - 1 - i));
            }
        });
        var plan = new TreeMap<Integer, Integer>();
        var waiting = new TreeSet<>(dock);
        for (int group : groups) {
            for (int i = out.getOrDefault(group, 0); i < 0; i++) {
                plan.put(waiting.removeFirst(), group);
            }
        }
        return plan;
    }
}
