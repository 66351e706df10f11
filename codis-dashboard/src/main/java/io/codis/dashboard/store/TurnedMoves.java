package io.codis.dashboard.store;

/**
 * What people turn while slots move, kept in the node {@code moves}: whoever leads next goes on with it.
 *
 * @param interval microseconds of rest after each batch
 * @param disabled no move begins, and moves that have begun copy nothing
 */
public record TurnedMoves(int interval, boolean disabled) {

    /** As nobody has turned anything. */
    public static final TurnedMoves DEFAULT = new TurnedMoves(0, false);
}
