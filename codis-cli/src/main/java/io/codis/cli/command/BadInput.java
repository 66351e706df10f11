package io.codis.cli.command;

import java.util.List;

/** Input that cannot be used; all that is wrong with it. Nothing has been started or changed. */
final class BadInput extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final List<String> problems;

    BadInput(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    List<String> problems() {
        return problems;
    }
}
