package io.codis.cli.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A plan for people and programs.
 *
 * @param steps in words, in order
 * @param verdict what that means for clients and data; absent where nobody has judged
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PlanText(List<String> steps, @Nullable String verdict) {

    PlanText(List<String> steps) {
        this(steps, null);
    }

    String text() {
        return steps.isEmpty()
                ? "Nothing to do: the cluster is as wanted."
                : IntStream.range(0, steps.size())
                                .mapToObj(i -> String.format("%3d. %s", i + 1, steps.get(i)))
                                .collect(Collectors.joining("\n"))
                        + (verdict == null ? "" : "\n\nVerdict: " + verdict + ".");
    }
}
