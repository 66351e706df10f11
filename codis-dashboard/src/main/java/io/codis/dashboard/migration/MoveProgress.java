package io.codis.dashboard.migration;

import java.util.concurrent.atomic.LongAdder;

/** How far the moves out of one group have come; written by the mover, read by anybody. */
public final class MoveProgress {

    /** Seconds over which the rate is averaged. */
    private static final double WINDOW = 10;

    private static final double SHORTEST = 0.2;
    private static final double NANOS = 1e9;

    private final int source;
    private final LongAdder moved = new LongAdder();
    private volatile int target;
    private volatile int slotsTotal;
    private volatile int slotsDone;
    private volatile long keysTotal = -1;
    private volatile String status = "";
    private volatile boolean copying;

    private double rate;
    private long ratedAt;
    private long ratedKeys;
    private long surveyedAt;

    MoveProgress(int source) {
        this(source, System.nanoTime());
    }

    /** @param now of the monotonic clock */
    MoveProgress(int source, long now) {
        this.source = source;
        this.ratedAt = now;
        this.surveyedAt = now;
    }

    /**
     * @param source group id
     * @param target group id, the lowest of several
     * @param slotsTotal since the moves out of this group began
     * @param keysTotal of the slots that move now, -1 while unknown
     * @param keysPerSecond over the last seconds
     * @param etaSeconds -1 while unknown
     * @param status one line for people, empty when nothing is to be said
     */
    public record View(
            int source,
            int target,
            int slotsTotal,
            int slotsDone,
            long keysTotal,
            long keysMoved,
            long keysPerSecond,
            long etaSeconds,
            String status) {}

    public View view() {
        return view(System.nanoTime());
    }

    synchronized View view(long now) {
        double seconds = (now - ratedAt) / NANOS;
        if (seconds >= SHORTEST) {
            double latest = (moved.sum() - ratedKeys) / seconds;
            double weight = Math.min(1, seconds / Math.min(WINDOW, (now - surveyedAt) / NANOS));
            rate = rate * (1 - weight) + latest * weight;
            ratedAt = now;
            ratedKeys = moved.sum();
        }
        long left = keysTotal < 0 ? -1 : Math.max(0, keysTotal - moved.sum());
        long eta = left < 0 ? -1 : left == 0 ? 0 : rate < 1 ? -1 : Math.round(left / rate);
        return new View(source, target, slotsTotal, slotsDone, keysTotal, moved.sum(), Math.round(rate), eta, status);
    }

    /** A pass over keys runs now. */
    public boolean copying() {
        return copying;
    }

    void copying(boolean now) {
        copying = now;
    }

    /** {@code open} slots of the group are still to be moved, the next of them to {@code toGroup}. */
    void open(int open, int toGroup) {
        target = toGroup;
        if (open == 0) {
            slotsDone = slotsTotal;
            return;
        }
        if (slotsDone >= slotsTotal) {
            // all that was asked for before has ended
            slotsTotal = 0;
        }
        slotsTotal = Math.max(slotsTotal, open);
        slotsDone = slotsTotal - open;
    }

    void surveyed(long keys) {
        surveyed(keys, System.nanoTime());
    }

    synchronized void surveyed(long keys, long now) {
        moved.reset();
        ratedKeys = 0;
        ratedAt = now;
        surveyedAt = now;
        keysTotal = keys;
    }

    void moved(long keys) {
        moved.add(keys);
    }

    String status() {
        return status;
    }

    void status(String text) {
        status = text;
    }
}
