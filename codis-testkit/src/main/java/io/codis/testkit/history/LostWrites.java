package io.codis.testkit.history;

import io.codis.testkit.history.KeyHistory.Step;
import io.codis.testkit.history.Violation.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a run of acknowledged writes whose loss explains a violation: all before it kept, all after it done on top
 * of what was left. That is what a failover to a replica that lags behind looks like.
 */
final class LostWrites {

    private LostWrites() {}

    /** {@code base} is the state before the first of {@code steps}; null when no loss leads to an {@code explained} state. */
    static @Nullable Window explaining(State base, List<Step> steps, Predicate<State> explained) {
        for (int from = steps.size() - 1; from >= 0; from--) {
            State kept = from == 0 ? base : steps.get(from - 1).after;
            for (int to = from + 1; to <= steps.size(); to++) {
                if (acknowledged(steps.subList(from, to))
                        && explains(kept, steps.subList(to, steps.size()), explained)) {
                    return new Window(
                            steps.get(from).ackedAt(), steps.get(to - 1).ackedAt());
                }
            }
        }
        return null;
    }

    private static boolean acknowledged(List<Step> steps) {
        return steps.stream().allMatch(step -> step.ackedAt() != 0);
    }

    /** The acknowledged ones of {@code rest} happened, each of the others may have. */
    private static boolean explains(State kept, List<Step> rest, Predicate<State> explained) {
        List<State> states = new ArrayList<>(List.of(kept));
        for (Step step : rest) {
            List<State> next = new ArrayList<>(step.ackedAt() == 0 ? states : List.of());
            states.forEach(state -> next.add(step.op.after(state, 0)));
            states = next;
        }
        return states.stream().anyMatch(explained);
    }
}
