package io.codis.it.cluster;

import java.lang.management.ManagementFactory;

/** The stated bounds hold for a machine that can do what it is asked; a busier one gets time in proportion. */
final class Busy {

    private Busy() {}

    /** {@code millis} times the processes that wait for each core, by the load average of the last minute. */
    static long allowed(long millis) {
        var system = ManagementFactory.getOperatingSystemMXBean();
        double waiting = system.getSystemLoadAverage() / system.getAvailableProcessors();
        return (long) (millis * Math.max(1, waiting));
    }
}
