package io.codis.cli.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.codis.cli.local.PlannedChange;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A plan for people and programs.
 *
 * @param verdict what it means for clients and data; absent where nobody has judged
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PlanText(@JsonUnwrapped PlannedChange plan, @Nullable String verdict) {

    static final String NOTHING = "Nothing to do: the cluster is as wanted.";

    PlanText(PlannedChange plan) {
        this(plan, null);
    }

    String text() {
        if (plan.none()) {
            return NOTHING;
        }
        List<String> steps = plan.steps();
        var numbered = IntStream.range(0, steps.size()).mapToObj(i -> String.format("%3d. %s", i + 1, steps.get(i)));
        var head = plan.running() ? Stream.<String>empty() : Stream.of("No cluster runs; the next codis up does this:");
        return Stream.of(head, plan.reasons().stream(), numbered)
                        .flatMap(lines -> lines)
                        .collect(Collectors.joining("\n"))
                + (verdict == null ? "" : "\n\nVerdict: " + verdict + ".");
    }
}
