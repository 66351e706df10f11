package io.codis.core.spec;

import java.util.List;
import java.util.Map;

/**
 * As many proxies as their work asks for, within bounds.
 *
 * @param cpuPercent of the CPU that proxies request, which they are to use on average
 * @param more those of {@link #MORE} that are given, as in a HorizontalPodAutoscaler
 */
public record Autoscaling(int min, int max, int cpuPercent, Map<String, Object> more) {

    static final String CPU = "targetCPUUtilizationPercentage";
    static final int MIN = 2;
    static final int CPU_PERCENT = 70;

    /** Fields that are passed on as they are written. */
    static final List<String> MORE = List.of("metrics", "behavior");

    public Autoscaling {
        more = Map.copyOf(more);
    }

    /** The nearest number that is allowed. */
    public int within(int proxies) {
        return Math.clamp(proxies, min, max);
    }
}
