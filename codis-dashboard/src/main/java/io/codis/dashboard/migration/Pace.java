package io.codis.dashboard.migration;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How many keys and bytes one MIGRATE takes, so that it holds up the source for no longer than a bound (safety rule 6). Grows and
 * shrinks with the time that the last ones took.
 */
final class Pace {

    /** With clients waiting behind it, the bound is part of their latency. */
    private static final Duration WITH_CLIENTS = Duration.ofMillis(1);

    private static final Duration ALONE = Duration.ofMillis(20);

    /**
     * What a MIGRATE takes beyond the engines' own work is the target's fsync and waiting for a processor, which smaller batches
     * do not shorten: they only pay it more often, and clients wait behind it each time.
     */
    private static final int SMALLEST_WITH_CLIENTS = 128;

    private static final int SMALLEST_ALONE = 1000;
    private static final int LARGEST = 4000;
    private static final int FIRST = 64;
    private static final long BYTES_WITH_CLIENTS = 128 << 10;
    private static final long BYTES_ALONE = 2 << 20;
    private static final double AT_MOST_TIMES = 1.5;

    private final BooleanSupplier clients;
    private volatile double keys = FIRST;
    private volatile boolean shared;

    Pace(BooleanSupplier clients) {
        this.clients = clients;
        this.shared = clients.getAsBoolean();
    }

    int keys() {
        return (int) keys;
    }

    /** Where sizes vary. A megabyte holds the source up for about ten milliseconds. */
    long bytes() {
        return shared ? BYTES_WITH_CLIENTS : BYTES_ALONE;
    }

    /** A MIGRATE of {@code count} keys has taken {@code nanos}. */
    void took(int count, long nanos) {
        shared = clients.getAsBoolean();
        double fitting = count * (double) (shared ? WITH_CLIENTS : ALONE).toNanos() / Math.max(1, nanos);
        int smallest = shared ? SMALLEST_WITH_CLIENTS : SMALLEST_ALONE;
        keys = Math.clamp(Math.min(fitting, keys * AT_MOST_TIMES), smallest, LARGEST);
    }
}
