package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.migration.SlotAction;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which group owns a slot, and asking for a move. The moves themselves go by {@link SlotStep}. */
public sealed interface SlotCommand extends TopologyCommand
        permits SlotCommand.CreateMove,
                SlotCommand.CreateSomeMoves,
                SlotCommand.CreateRangeMoves,
                SlotCommand.CreateMoves,
                SlotCommand.WithdrawMove,
                SlotCommand.AssignSlots,
                SlotCommand.OfflineSlots,
                SlotStep {

    /** Asks for one slot to move. */
    record CreateMove(int slot, int target) implements SlotCommand {

        @Override
        public Topology changed(Topology before) {
            nonEmpty(before, target);
            return pending(before, Map.of(checkedForMove(before, slot, target), target));
        }
    }

    /** Asks for up to {@code count} idle slots of {@code source}, lowest first, to move; 0 stands for offline slots. */
    record CreateSomeMoves(int source, int target, int count) implements SlotCommand {

        @Override
        public Topology changed(Topology before) {
            if (count < 0) {
                throw refuse(Reason.INVALID_ARGUMENT, "invalid num = %d", count);
            }
            nonEmpty(before, target);
            if (source == target) {
                return before;
            }
            var moves = new TreeMap<Integer, Integer>();
            before.slots().stream()
                    .filter(s -> s.idle() && s.group() == source)
                    .limit(count)
                    .forEach(s -> moves.put(s.id(), target));
            return pending(before, moves);
        }
    }

    /** Asks for a whole range to move, or for nothing. */
    record CreateRangeMoves(int from, int to, int target) implements SlotCommand {

        @Override
        public Topology changed(Topology before) {
            if (from < 0 || from > to || to >= SlotHash.SLOTS) {
                throw refuse(Reason.INVALID_ARGUMENT, "invalid slot range [%d,%d]", from, to);
            }
            nonEmpty(before, target);
            var moves = new TreeMap<Integer, Integer>();
            for (int slot = from; slot <= to; slot++) {
                moves.put(checkedForMove(before, slot, target), target);
            }
            return pending(before, moves);
        }
    }

    /** Asks for the moves of a plan, slot to target, in slot order. */
    record CreateMoves(SortedMap<Integer, Integer> plan) implements SlotCommand {

        public CreateMoves {
            plan = new TreeMap<>(plan);
        }

        @Override
        public Topology changed(Topology before) {
            plan.forEach((slot, target) -> {
                nonEmpty(before, target);
                checkedForMove(before, slot, target);
            });
            return pending(before, plan);
        }
    }

    /** Takes back a move that has not begun. */
    record WithdrawMove(int slot) implements SlotCommand {

        @Override
        public Topology changed(Topology before) {
            Slot present = existing(before, slot);
            return switch (present.action()) {
                case SlotAction.Pending pending -> before.withSlots(List.of(present.withAction(pending.withdrawn())));
                case SlotAction.Idle ignored -> throw refuse(Reason.NOT_FOUND, "slot-[%d] action doesn't exist", slot);
                case SlotAction.Preparing ignored -> throw begun(slot);
                case SlotAction.Swapping ignored -> throw begun(slot);
                case SlotAction.Prepared ignored -> throw begun(slot);
                case SlotAction.Migrating ignored -> throw begun(slot);
                case SlotAction.Finished ignored -> throw begun(slot);
            };
        }

        private static RuntimeException begun(int slot) {
            return refuse(Reason.BUSY, "slot-[%d] action isn't pending", slot);
        }
    }

    /**
     * Gives offline slots to groups at once. Codis also takes owned slots here and leaves their data behind; this is
     * refused, since moving them keeps the data.
     */
    record AssignSlots(SortedMap<Integer, Integer> owners) implements SlotCommand {

        public AssignSlots {
            owners = new TreeMap<>(owners);
        }

        @Override
        public Topology changed(Topology before) {
            var changed = new ArrayList<Slot>();
            owners.forEach((id, group) -> {
                Slot slot = existing(before, id);
                nonEmpty(before, group);
                idle(slot);
                if (slot.group() != 0 && slot.group() != group) {
                    throw refuse(Reason.BUSY, "slot-[%d] belongs to group-[%d], move it instead", id, slot.group());
                }
                changed.add(new Slot(id, group, SlotAction.IDLE));
            });
            Topology next = before.withSlots(changed);
            for (Slot slot : changed) {
                next = next.withGroup(next.group(slot.group()).withAway(List.of(slot.id()), false));
            }
            return next;
        }
    }

    /** Takes slots from their groups without moving data. Takes effect only behind a barrier, as a move does. */
    record OfflineSlots(List<Integer> slots) implements SlotCommand {

        public OfflineSlots {
            slots = List.copyOf(slots);
        }

        @Override
        public Topology changed(Topology before) {
            var changed = new ArrayList<Slot>();
            for (int id : slots) {
                idle(existing(before, id));
                changed.add(Slot.offline(id));
            }
            return before.withSlots(changed);
        }
    }

    /** The slot, or a refusal in the words of Codis. */
    static Slot existing(Topology topology, int id) {
        if (id < 0 || id >= SlotHash.SLOTS) {
            throw refuse(Reason.NOT_FOUND, "slot-[%d] doesn't exist", id);
        }
        return topology.slot(id);
    }

    private static void idle(Slot slot) {
        if (!slot.idle()) {
            throw refuse(Reason.BUSY, "slot-[%d] action already exists", slot.id());
        }
    }

    private static void nonEmpty(Topology topology, int group) {
        if (topology.group(group).members().isEmpty()) {
            throw refuse(Reason.NOT_READY, "group-[%d] is empty", group);
        }
    }

    private static int checkedForMove(Topology topology, int id, int target) {
        Slot slot = existing(topology, id);
        idle(slot);
        if (slot.group() == target) {
            throw refuse(Reason.ALREADY_EXISTS, "slot-[%d] already in group-[%d]", id, target);
        }
        return id;
    }

    private static Topology pending(Topology topology, Map<Integer, Integer> moves) {
        int index = topology.lastActionIndex();
        Collection<Slot> changed = new ArrayList<>();
        for (var move : moves.entrySet()) {
            index++;
            Slot slot = topology.slot(move.getKey());
            changed.add(slot.withAction(SlotAction.IDLE.pending(index, move.getValue())));
        }
        return topology.withSlots(changed);
    }
}
