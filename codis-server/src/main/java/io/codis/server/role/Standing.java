package io.codis.server.role;

import java.util.List;

/** What the launcher has given to one run of its engine and still stands behind. An engine's end ends it. */
sealed interface Standing {

    /** The engine may not have taken the role yet. */
    long BEING_ORDERED = Long.MAX_VALUE;

    /** A replica of nowhere. */
    record Fenced() implements Standing {}

    /**
     * @param run of the engine
     * @param epoch under which it was ordered
     * @param since when the engine has it, by {@link System#nanoTime()}, or {@link #BEING_ORDERED}
     * @param lease how long it may stay so
     * @param peers launchers of the group's members, this one included
     */
    record Master(long run, long epoch, long since, Lease lease, List<String> peers) implements Standing {

        Master confirmed(long clock, long now, long length) {
            return new Master(run, epoch, since, lease.confirmed(clock, now, length), peers);
        }
    }

    /**
     * @param run of the engine
     * @param epoch under which it was ordered
     * @param since when the engine has it, by {@link System#nanoTime()}, or {@link #BEING_ORDERED}
     * @param master {@code host:port} it follows
     */
    record Replica(long run, long epoch, long since, String master) implements Standing {}
}
