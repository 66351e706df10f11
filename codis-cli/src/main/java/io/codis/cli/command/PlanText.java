package io.codis.cli.command;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A plan for people and programs.
 *
 * @param steps in words, in order
 */
record PlanText(List<String> steps) {

    String text() {
        return steps.isEmpty()
                ? "Nothing to do: the cluster is as wanted."
                : IntStream.range(0, steps.size())
                        .mapToObj(i -> String.format("%3d. %s", i + 1, steps.get(i)))
                        .collect(Collectors.joining("\n"));
    }
}
