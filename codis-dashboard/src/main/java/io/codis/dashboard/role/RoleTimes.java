package io.codis.dashboard.role;

import java.time.Duration;

/**
 * How long the role loops wait for what.
 *
 * @param lease T of safety rule 13, as the launchers have it
 * @param failoverAfter silence after which a master counts as down
 * @param patience how long a group without a provable master waits for its other members
 * @param tick between two looks at a group in which nothing happens
 */
public record RoleTimes(Duration lease, Duration failoverAfter, Duration patience, Duration tick) {

    public static RoleTimes of(Duration lease, Duration failoverAfter) {
        return new RoleTimes(lease, failoverAfter, Duration.ofSeconds(30), Duration.ofMillis(200));
    }

    /** What clocks of two machines may differ by over one lease (one percent), and what a fence may take. */
    Duration margin() {
        return lease.dividedBy(100).plusSeconds(1);
    }

    /** A launcher silent for so long is no longer trusted to fence its engine, which still answers. */
    Duration launcherSilence() {
        return lease.dividedBy(2);
    }

    Duration renewal() {
        return lease.dividedBy(4);
    }
}
