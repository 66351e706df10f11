package io.codis.cli;

import io.codis.cli.command.RootCommand;
import io.codis.cli.output.Output;
import io.codis.infra.net.Names;
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
        Names.lookUpAnew();
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        String called = System.getProperty("codis.program", "codis");
        Optional<ToIntFunction<String[]>> program = ClassicPrograms.named(called);
        String[] rest = arguments;
        if (program.isEmpty() && arguments.length > 0) {
            program = ClassicPrograms.named(arguments[0]);
            rest = program.isEmpty() ? arguments : Arrays.copyOfRange(arguments, 1, arguments.length);
        }
        if (Arrays.equals(rest, new String[] {"--version"})) {
            return printVersion(Output.ofProcess());
        }
        if (rest.length > 0 && rest[0].equals(Together.NAME)) {
            return Together.run(Arrays.asList(rest).subList(1, rest.length));
        }
        return program.isPresent() ? program.get().applyAsInt(rest) : RootCommand.run(Output.ofProcess(), arguments);
    }

    /** The two lines of Codis 3.2, the same for every program. */
    private static int printVersion(Output output) {
        String version = Codis.class.getPackage().getImplementationVersion();
        output.raw("version: " + (version == null ? "development" : version) + "\n");
        output.raw("compile: java " + Runtime.version() + "\n");
        return 0;
    }
}
