package io.codis.infra.dashboard;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.time.Duration;

/** A moment after which waiting ends. */
public record Deadline(long nanos) {

    private static final long POLL_MILLIS = 50;

    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    public boolean passed() {
        return System.nanoTime() - nanos > 0;
    }

    /** Waits a moment before the next look; false if the deadline has passed. */
    public boolean pause() {
        return pause(POLL_MILLIS);
    }

    /** The same, with a moment of this length. */
    public boolean pause(long millis) {
        if (passed()) {
            return false;
        }
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted while waiting", e);
        }
    }
}
