package io.codis.cli.output;

import com.fasterxml.jackson.core.type.TypeReference;
import io.codis.cli.yaml.YamlDocuments;
import io.codis.infra.json.Json;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The one place that prints: answers on standard output, everything else on standard error. */
public final class Output {

    private final PrintStream out;
    private final PrintStream err;
    private final boolean colour;

    /** @param colour the answer goes to a terminal that shows colours */
    public Output(PrintStream out, PrintStream err, boolean colour) {
        this.out = out;
        this.err = err;
        this.colour = colour;
    }

    /** Standard output and error of this process, in UTF-8 whatever the locale. */
    public static Output ofProcess() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        boolean wanted = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        return new Output(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                terminal && wanted);
    }

    /** One answer in the wanted format. */
    public void answer(Format format, Object value, Supplier<String> text) {
        print(out, format, value, text);
    }

    /** Why there is no answer, in the wanted format. */
    public void failure(Format format, Object value, Supplier<String> text) {
        print(err, format, value, text);
    }

    private static void print(PrintStream to, Format format, Object value, Supplier<String> text) {
        switch (format) {
            case text -> to.println(text.get().stripTrailing());
            case json -> to.println(Json.pretty(value));
            case yaml -> to.print(YamlDocuments.write(Json.read(Json.write(value), new TypeReference<Object>() {})));
        }
        to.flush();
    }

    /** Runs a program of its own: a bad command line is said with where to look, and has exit code 2. */
    public int run(CommandLine program, String... arguments) {
        String name = program.getCommandName();
        program.setParameterExceptionHandler((e, parsed) -> {
            error(name + ": " + e.getMessage());
            error("Try \"" + name + " --help\".");
            return 2;
        });
        var text = new StringWriter();
        program.setOut(new PrintWriter(text, true));
        int code = program.execute(arguments);
        raw(text.toString());
        return code;
    }

    /** Text as it is. */
    public void raw(String text) {
        out.print(text);
        out.flush();
    }

    /** What is going on; not part of the answer. */
    public void progress(String line) {
        err.println(line);
    }

    /** What went wrong. */
    public void error(String line) {
        err.println(line);
    }

    public Paint paint() {
        return new Paint(colour);
    }
}
