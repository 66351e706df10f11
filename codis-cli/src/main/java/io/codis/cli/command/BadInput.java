package io.codis.cli.command;

import io.codis.core.spec.SpecProblem;
import java.util.List;

/** Input that cannot be used; all that is wrong with it. Nothing has been started or changed. */
final class BadInput extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final List<String> problems;

    BadInput(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    static void ifAny(List<SpecProblem> problems) {
        if (!problems.isEmpty()) {
            throw new BadInput(problems.stream().map(SpecProblem::text).toList());
        }
    }

    List<String> problems() {
        return problems;
    }
}
