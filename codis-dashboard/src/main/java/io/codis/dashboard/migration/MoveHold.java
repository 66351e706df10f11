package io.codis.dashboard.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;
import java.util.UUID;

/**
 * Lets no move begin for a while; those under way end. What is copied of all groups meanwhile belongs together: a key that
 * moved between two copies could be in neither. Ends by itself, and with the lead.
 */
public final class MoveHold {

    private String holder = "";
    private String id = "";
    private long until;

    /**
     * Begins a hold, or prolongs one.
     *
     * @return of this hold; another one than the last time means that moves may have begun in between
     * @throws CodisException {@link Reason#BUSY} when somebody else holds them
     */
    public synchronized String hold(String by, Duration time) {
        if (held() && !holder.equals(by)) {
            throw new CodisException(
                    Reason.BUSY, "moves are held for " + holder + " for another " + left() + " s; try again then");
        }
        if (!held()) {
            id = UUID.randomUUID().toString();
        }
        holder = by;
        until = System.nanoTime() + time.toNanos();
        return id;
    }

    /** Ends the hold of {@code by}, if there is one. */
    public synchronized void release(String by) {
        if (holder.equals(by)) {
            holder = "";
        }
    }

    /** Does what begins a move, unless moves are held; whether it was done. */
    synchronized boolean unlessHeld(Runnable begin) {
        if (held()) {
            return false;
        }
        begin.run();
        return true;
    }

    synchronized boolean held() {
        return !holder.isEmpty() && until - System.nanoTime() > 0;
    }

    /** For people; empty when moves are not held. */
    synchronized String text() {
        return held() ? "held for " + holder + " for another " + left() + " s at most" : "";
    }

    private long left() {
        return Duration.ofNanos(until - System.nanoTime()).toSeconds() + 1;
    }
}
