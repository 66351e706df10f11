package io.codis.core.codis3;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The owner of one slot and its move: the node {@code slots/slot-NNNN}.
 *
 * @param groupId 0 when offline
 * @param action null only in a document that leaves it out; always written
 */
public record SlotMapping(int id, int groupId, @Nullable Action action) {

    /**
     * Written as <code>{}</code> when idle.
     *
     * @param state empty when idle, else pending, preparing, prepared, migrating or finished
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Action(
            int index,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String state,

            int targetId) {

        /** Nothing asked. */
        public static final Action IDLE = new Action(0, null, 0);
    }
}
