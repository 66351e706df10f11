package io.codis.cli.command;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Why a command failed; the same for people and programs.
 *
 * @param reason one word
 * @param problems at least one
 */
record Failure(String reason, List<String> problems) {

    /** What cannot work however often it is tried; nothing was started or changed. */
    private static final Set<Reason> INPUT = EnumSet.of(
            Reason.INVALID_ARGUMENT, Reason.NOT_FOUND, Reason.NO_ENGINE, Reason.ENGINE_TOO_OLD, Reason.PORT_IN_USE);

    static Failure of(Exception e) {
        return switch (e) {
            case BadInput bad -> input(bad.problems());
            case CodisException known
            when INPUT.contains(known.reason()) ->
                new Failure(
                        known.reason().word(),
                        String.valueOf(known.getMessage()).lines().toList());
            case CodisException known ->
                new Failure(known.reason().word(), List.of(String.valueOf(known.getMessage())));
            default -> new Failure(Reason.INTERNAL.word(), List.of(e.toString()));
        };
    }

    static Failure input(List<String> problems) {
        return new Failure(Reason.INVALID_ARGUMENT.word(), problems);
    }

    /** One problem stands beside the reason, several below it. */
    String text() {
        return reason + ": "
                + (problems.size() == 1
                        ? problems.getFirst()
                        : problems.size() + " problems, nothing was changed\n  " + String.join("\n  ", problems));
    }

    int exitCode() {
        return INPUT.contains(Reason.ofWord(reason)) ? RootCommand.BAD_INPUT : RootCommand.FAILED;
    }
}
