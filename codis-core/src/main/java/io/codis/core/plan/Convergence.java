package io.codis.core.plan;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import java.util.function.Consumer;

/** Observe, plan, do the first step; until nothing is left to do. */
public final class Convergence {

    private Convergence() {}

    /**
     * @param onStep told of each step before it is done
     * @throws CodisException of the step that failed, or {@link Reason#INTERNAL} if a step has no effect
     */
    public static void run(CodisClusterSpec spec, ClusterDriver driver, Consumer<Step> onStep) {
        Observed observed = driver.observe();
        Plan plan = ClusterPlanner.plan(spec, observed);
        while (!plan.isEmpty()) {
            Step step = applyFirst(plan, driver, onStep);
            Observed after = driver.observe();
            Plan next = ClusterPlanner.plan(spec, after);
            if (after.equals(observed) && next.equals(plan)) {
                throw new CodisException(Reason.INTERNAL, "step had no effect: " + step.text());
            }
            observed = after;
            plan = next;
        }
    }

    /** A check changes nothing that could be observed, so it is done together with the step that it guards. */
    private static Step applyFirst(Plan plan, ClusterDriver driver, Consumer<Step> onStep) {
        for (Step step : plan.steps()) {
            onStep.accept(step);
            driver.apply(step);
            if (!(step instanceof Step.VerifyEmpty)) {
                return step;
            }
        }
        return plan.steps().getLast();
    }
}
