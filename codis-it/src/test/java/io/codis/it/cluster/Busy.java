package io.codis.it.cluster;

import java.lang.management.ManagementFactory;

/** The stated bounds hold for a machine that can do what it is asked; a busier one gets time in proportion, but thrice at most. */
public final class Busy {

    private static final double MOST = 3;

    private Busy() {}

    /** {@code millis} times the processes that wait for each core. */
    public static long allowed(long millis) {
        return (long) (millis * Math.clamp(waiting(), 1, MOST));
    }

    /** Processes that wait for each core, by the load average of the last minute. */
    static double waiting() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return system.getSystemLoadAverage() / system.getAvailableProcessors();
    }
}
