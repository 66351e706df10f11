package io.codis.dashboard.migration;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How many keys one MIGRATE takes, so that it holds up the source for no longer than a bound (safety rule 6). Grows and
 * shrinks with the time that the last ones took.
 */
final class Pace {

    /** With clients waiting behind it, the bound is part of their latency. */
    private static final Duration WITH_CLIENTS = Duration.ofMillis(1);

    private static final Duration ALONE = Duration.ofMillis(8);
    private static final int SMALLEST = 8;
    private static final int LARGEST = 2000;
    private static final int FIRST = 64;
    private static final double AT_MOST_TIMES = 1.5;

    private final BooleanSupplier clients;
    private double keys = FIRST;

    Pace(BooleanSupplier clients) {
        this.clients = clients;
    }

    int keys() {
        return (int) keys;
    }

    /** A MIGRATE of {@code count} keys has taken {@code nanos}. */
    void took(int count, long nanos) {
        double bound = (clients.getAsBoolean() ? WITH_CLIENTS : ALONE).toNanos();
        double fitting = count * bound / Math.max(1, nanos);
        keys = Math.clamp(Math.min(fitting, keys * AT_MOST_TIMES), SMALLEST, LARGEST);
    }
}
