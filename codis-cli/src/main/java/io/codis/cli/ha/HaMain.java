package io.codis.cli.ha;

import io.codis.cli.admin.Remote;
import io.codis.cli.output.Output;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.log.LogFlags;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code codis-ha}. Codis 3.2 ends when the dashboard does not answer; this goes on looking, since it would only be started again. */
@Command(
        name = "codis-ha",
        description = "Watches a dashboard's cluster and logs what changes.",
        sortOptions = false,
        versionProvider = HaMain.Version.class)
public final class HaMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(HaMain.class);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--dashboard", required = true, paramLabel = "ADDR", description = "the dashboard's host:port")
    private String dashboard = "";

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "pause between two looks, default ${DEFAULT-VALUE}")
    private int interval = 5;

    @Mixin
    private LogFlags log = new LogFlags();

    @SuppressWarnings("UnusedVariable") // accepted for scripts
    @Option(names = "--no-maintains", description = "only log; this is all that it does, with or without")
    private boolean noMaintains;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text")
    private boolean help;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(names = "--version", versionHelp = true, description = "print the version and exit")
    private boolean version;

    /** The two lines of Codis 3.2. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(HaMain.class.getPackage().getImplementationVersion())
                    .orElse("unpackaged");
            return new String[] {"version: " + version, "compile: java " + Runtime.version()};
        }
    }

    /** Runs until SIGTERM; exit code 2 for a bad command line, 1 for an address that is none. */
    public static int run(String... args) {
        return run(Output.ofProcess(), args);
    }

    static int run(Output output, String... args) {
        var command = new CommandLine(new HaMain()).setAbbreviatedOptionsAllowed(true);
        command.setExecutionExceptionHandler((e, line, parsed) -> {
            output.error("codis-ha: " + e.getMessage());
            return 1;
        });
        return output.run(command, args);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (interval <= 0) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--interval=" + interval + ": must be greater than 0");
        }
        log.configure();
        var watch = new HaWatch(dashboard);
        while (true) {
            try (Remote remote = Remote.dashboard(dashboard)) {
                while (true) {
                    watch.see(HaReport.of(remote.get("stats")));
                    LOG.debug("looked dashboard={}", dashboard);
                    Thread.sleep(Duration.ofSeconds(interval));
                }
            } catch (CodisException e) {
                if (e.reason() == Reason.INVALID_ARGUMENT) {
                    throw e;
                }
                watch.seesNothing(e);
                Thread.sleep(Duration.ofSeconds(interval));
            }
        }
    }
}
