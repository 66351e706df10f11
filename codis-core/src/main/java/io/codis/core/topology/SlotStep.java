package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.migration.SlotAction;
import io.codis.core.problem.Reason;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One step of the moves of a batch: slots of one source group that are all in the state the step starts from.
 *
 * @param slots not empty
 */
public record SlotStep(Step step, SortedSet<Integer> slots) implements SlotCommand {

    /** What is stored. Each but ROLL_BACK and SWAP brings the batch nearer to its end. */
    public enum Step {
        /** pending -> preparing: before proxies are told to lock. The target must have a master. */
        PREPARE,
        /** preparing or swapping -> prepared: after the barrier. */
        PREPARED,
        /** prepared -> migrating: before proxies are told to move keys on touch. */
        MIGRATE,
        /** migrating -> finished: after the source is proven to hold no key of these slots. */
        FINISH,
        /** finished -> idle at the target: after proxies know. */
        COMPLETE,
        /** preparing -> pending. */
        ROLL_BACK,
        /** migrating -> swapping: source and target change places; the barrier begins anew. */
        SWAP
    }

    public SlotStep {
        slots = new TreeSet<>(slots);
    }

    public SlotStep(Step step, Collection<Integer> slots) {
        this(step, new TreeSet<>(slots));
    }

    @Override
    public Topology changed(Topology before) {
        var present = slots.stream().map(id -> SlotCommand.existing(before, id)).toList();
        if (present.stream().map(Slot::group).distinct().count() != 1) {
            throw refuse(Reason.INVALID_ARGUMENT, "slots %s are not of one source group", slots);
        }
        Topology next = before.withSlots(
                present.stream().map(slot -> next(before, slot)).toList());
        return step == Step.COMPLETE ? left(next, present) : next;
    }

    /** Keys of these slots have nothing to do at their source any more, and belong to their target from now on. */
    private static Topology left(Topology topology, List<Slot> slots) {
        Topology next = topology;
        for (Slot slot : slots) {
            var one = List.of(slot.id());
            if (slot.group() != 0) {
                next = next.withGroup(next.group(slot.group()).withAway(one, true));
            }
            int target = slot.action().target();
            next = next.withGroup(next.group(target).withAway(one, false));
        }
        return next;
    }

    private Slot next(Topology before, Slot slot) {
        return switch (slot.action()) {
            case SlotAction.Idle ignored -> throw illegal(slot);
            case SlotAction.Pending a when step == Step.PREPARE -> slot.withAction(prepare(before, slot, a));
            case SlotAction.Pending ignored -> throw illegal(slot);
            case SlotAction.Preparing a when step == Step.PREPARED -> slot.withAction(a.prepared());
            case SlotAction.Preparing a when step == Step.ROLL_BACK -> slot.withAction(a.rolledBack());
            case SlotAction.Preparing ignored -> throw illegal(slot);
            case SlotAction.Swapping a when step == Step.PREPARED -> slot.withAction(a.prepared());
            case SlotAction.Swapping ignored -> throw illegal(slot);
            case SlotAction.Prepared a when step == Step.MIGRATE -> slot.withAction(a.migrating());
            case SlotAction.Prepared ignored -> throw illegal(slot);
            case SlotAction.Migrating a when step == Step.FINISH -> slot.withAction(a.finished());
            case SlotAction.Migrating a when step == Step.SWAP -> swapped(slot, a);
            case SlotAction.Migrating ignored -> throw illegal(slot);
            case SlotAction.Finished a when step == Step.COMPLETE -> new Slot(slot.id(), a.target(), a.idle());
            case SlotAction.Finished ignored -> throw illegal(slot);
        };
    }

    private static SlotAction prepare(Topology before, Slot slot, SlotAction.Pending pending) {
        if (!before.group(pending.target()).initialized()) {
            throw refuse(Reason.NOT_READY, "group-[%d] has no master yet", pending.target());
        }
        if (slot.group() != 0 && !before.group(slot.group()).initialized()) {
            throw refuse(Reason.NOT_READY, "group-[%d] has no master yet", slot.group());
        }
        return pending.preparing();
    }

    private static Slot swapped(Slot slot, SlotAction.Migrating migrating) {
        if (slot.group() == 0) {
            throw refuse(Reason.INVALID_ARGUMENT, "slot-[%d] has no group to go back to", slot.id());
        }
        return new Slot(slot.id(), migrating.target(), migrating.swapped(slot.group()));
    }

    private RuntimeException illegal(Slot slot) {
        return refuse(
                Reason.BUSY,
                "slot-[%d] action is %s, no step %s",
                slot.id(),
                slot.action().getClass().getSimpleName(),
                step);
    }
}
