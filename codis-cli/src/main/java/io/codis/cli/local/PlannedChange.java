package io.codis.cli.local;

import java.util.List;

/**
 * What a change of the specification comes to.
 *
 * @param running the cluster runs; else the next {@code codis up} takes the steps
 * @param reasons settings that change, each with what has to be started anew for it
 * @param steps in words, in order
 */
public record PlannedChange(boolean running, List<String> reasons, List<String> steps) {

    public PlannedChange {
        reasons = List.copyOf(reasons);
        steps = List.copyOf(steps);
    }

    /** Nothing is to be done. */
    public boolean none() {
        return reasons.isEmpty() && steps.isEmpty();
    }
}
