package io.codis.core.topology;

import io.codis.core.migration.SlotAction;
import io.codis.core.migration.SlotView;

/**
 * One of the 1024 slots.
 *
 * @param id 0 to 1023
 * @param group the owner, 0 for offline; during a move the source
 * @param action the move of this slot
 */
public record Slot(int id, int group, SlotAction action) {

    static Slot offline(int id) {
        return new Slot(id, 0, SlotAction.IDLE);
    }

    Slot withAction(SlotAction next) {
        return new Slot(id, group, next);
    }

    /** The group is owner, source or target of this slot. */
    public boolean concerns(int groupId) {
        return group == groupId || action.target() == groupId;
    }

    /** As planning sees it. */
    public SlotView view() {
        return new SlotView(id, group, action.target());
    }

    /** No move was asked for. */
    public boolean idle() {
        return action instanceof SlotAction.Idle;
    }
}
