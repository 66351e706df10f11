package io.codis.core.plan;

import java.util.List;

/** What to do, in this order. After any of the steps one may stop and plan anew. */
public record Plan(List<Step> steps) {

    public Plan {
        steps = List.copyOf(steps);
    }

    public boolean isEmpty() {
        return steps.isEmpty();
    }
}
