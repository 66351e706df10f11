package io.codis.server;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.log.Logging;
import io.codis.server.config.LauncherConfig;
import io.codis.server.config.LauncherOptions;
import io.codis.server.config.MemoryLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** The command line of {@code codis-server}; what picocli does not know is meant for the engine. */
@Command(
        name = "codis-server",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "codis-server [CONF] [OPTIONS] [--SETTING VALUE...]",
        description = {
            "Runs a storage engine (Valkey or Redis) as its child. The engine starts fenced and answers nothing until the",
            "dashboard gives it a role. CONF is a configuration file of the engine; settings may also follow as",
            "--SETTING VALUE. Settings that would break fencing are named and left out."
        })
final class ServerCommand implements Callable<Integer> {

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "port of the engine (6379); the launcher's API listens on the port 10000 above")
    @Nullable
    Integer port;

    @Option(names = "--bind", paramLabel = "ADDRESS", arity = "1..*", description = "where to listen (127.0.0.1)")
    @Nullable
    List<String> bind;

    @Option(
            names = "--announce",
            paramLabel = "HOST",
            description = "host under which others reach this server (the first --bind address)")
    @Nullable
    String announce;

    @Option(names = "--dir", paramLabel = "DIR", description = "data and identity of the server (.)")
    @Nullable
    Path dir;

    @Option(
            names = "--cluster-secret-file",
            paramLabel = "FILE",
            description = "the cluster's secret, else ${env:CODIS_SECRET_FILE:-the file that CODIS_SECRET_FILE names}")
    @Nullable
    Path secretFile;

    @Option(
            names = "--engine",
            paramLabel = "FILE",
            description = "the engine's program, else REDIS_SERVER, else valkey-server or redis-server from the PATH")
    @Nullable
    Path engine;

    @Option(names = "--config", paramLabel = "KEY=VALUE", description = "a setting of the engine; may be repeated")
    List<String> config = new ArrayList<>();

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            description = "a master that is not confirmed for so long fences itself (10)")
    double leaseSeconds = 10;

    @Option(
            names = "--stop-timeout",
            paramLabel = "SECONDS",
            description = "how long the engine may take to end by itself (15)")
    double stopSeconds = 15;

    @Option(
            names = "--dashboard-wait",
            paramLabel = "SECONDS",
            description = {
                "how long a master that stops goes on until a dashboard has heard of it, which replaces it while it serves (0.7);",
                "more where another dashboard takes over when the one that leads stops at the same time"
            })
    double dashboardWaitSeconds = 0.7;

    @Option(
            names = "--ephemeral",
            description = {
                "DIR is no volume and is lost with this server (or CODIS_EPHEMERAL=true); a group whose servers all say so",
                "and are all new begins again without data"
            })
    boolean ephemeral;

    @Unmatched
    List<String> engineArguments = new ArrayList<>();

    @Override
    public Integer call() {
        LauncherConfig launcherConfig;
        Launcher launcher;
        try {
            Logging.configure(null, "INFO");
            launcherConfig = options().config(System.getenv(), MemoryLimit.ofContainer());
            launcher = new Launcher(launcherConfig);
        } catch (CodisException e) {
            return failed(e, e.reason() == Reason.INVALID_ARGUMENT || e.reason() == Reason.NO_ENGINE ? 2 : 1);
        }
        var over = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            if (!over.get()) {
                launcher.stop();
                // a stop that was asked for is not a failure, though a signal asked for it
                Runtime.getRuntime().halt(0);
            }
        }));
        try (launcher) {
            launcher.run();
            return 0;
        } catch (CodisException e) {
            over.set(true);
            return failed(e, 1);
        }
    }

    private LauncherOptions options() {
        return new LauncherOptions(
                port,
                bind,
                announce,
                dir,
                secretFile,
                engine,
                new LauncherOptions.ForEngine(config, engineArguments),
                seconds("--lease", leaseSeconds),
                seconds("--stop-timeout", stopSeconds),
                seconds("--dashboard-wait", dashboardWaitSeconds),
                ephemeral || Boolean.parseBoolean(System.getenv("CODIS_EPHEMERAL")));
    }

    private static Duration seconds(String option, double value) {
        if (!(value >= 0.5 && value <= 3600)) {
            throw new CodisException(Reason.INVALID_ARGUMENT, option + " " + value + ": 0.5 to 3600 seconds");
        }
        return Duration.ofMillis((long) (value * 1000));
    }

    private static int failed(CodisException e, int code) {
        System.err.println("codis-server: " + e.reason().word() + ": " + e.getMessage());
        return code;
    }
}
