package io.codis.core.migration;

/**
 * One slot as planning sees it.
 *
 * @param group the owner, 0 for offline
 * @param target of the move that was asked for, 0 when idle
 */
public record SlotView(int id, int group, int target) {

    boolean idle() {
        return target == 0;
    }
}
