package io.codis.cli;

import io.codis.cli.command.RootCommand;
import io.codis.cli.output.Output;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The one entrance: {@code codis COMMAND}, or a classic program by the name under which this was called.
 *
 * <p>The name is the system property {@code codis.program}, which the scripts set, or the first argument.
 */
public final class Codis {

    private Codis() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        String called = System.getProperty("codis.program", "codis");
        Optional<ToIntFunction<String[]>> program = ClassicPrograms.named(called);
        if (program.isPresent()) {
            return program.get().applyAsInt(arguments);
        }
        if (arguments.length > 0) {
            Optional<ToIntFunction<String[]>> named = ClassicPrograms.named(arguments[0]);
            if (named.isPresent()) {
                return named.get().applyAsInt(Arrays.copyOfRange(arguments, 1, arguments.length));
            }
        }
        return RootCommand.run(Output.ofProcess(), arguments);
    }
}
