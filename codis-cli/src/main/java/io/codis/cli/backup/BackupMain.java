package io.codis.cli.backup;

import io.codis.cli.local.EngineFinder;
import io.codis.cli.output.Output;
import io.codis.core.problem.CodisException;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.log.LogFlags;
import io.codis.infra.secret.ClusterSecret;
import java.nio.file.Path;
import java.util.Objects;
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

/** {@code codis-backup}: makes one backup and ends. */
@Command(
        name = "codis-backup",
        description = "Writes a snapshot of every group and what belongs to them below TO/PRODUCT.",
        sortOptions = false)
public final class BackupMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(BackupMain.class);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--dashboard", required = true, paramLabel = "ADDR", description = "the dashboard's host:port")
    private String dashboard = "";

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "where all backups are")
    private Path to = Path.of("");

    @Mixin
    private BackupOptions options = new BackupOptions();

    @Option(
            names = "--cluster-secret-file",
            paramLabel = "FILE",
            defaultValue = "${env:" + ClusterSecret.VARIABLE + "}",
            description = "the cluster's secret, 64 hex digits; default " + ClusterSecret.VARIABLE)
    private @Nullable Path secret;

    @Mixin
    private LogFlags log = new LogFlags();

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text")
    private boolean help;

    /** Exit code 0 when there is a new backup, 1 when there is none, 2 for a bad command line. */
    public static int run(String... args) {
        return run(Output.ofProcess(), args);
    }

    static int run(Output output, String... args) {
        var command = new CommandLine(new BackupMain());
        command.setExecutionExceptionHandler((e, line, parsed) -> {
            if (e instanceof CodisException problem) {
                LOG.error(
                        "event=backup-failed reason={} cause={}",
                        problem.reason().word(),
                        problem.getMessage());
                return 1;
            }
            throw e;
        });
        return output.run(command, args);
    }

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        if (secret == null || secret.toString().isEmpty()) {
            throw new ParameterException(
                    line, "no cluster secret: give --cluster-secret-file or set " + ClusterSecret.VARIABLE);
        }
        options.check(line);
        log.configure();
        Path cache = Path.of(System.getProperty("java.io.tmpdir"), "codis-engine");
        Path engine = new EngineFinder(System.getenv(), cache).find();
        try (var api = DashboardApi.of(dashboard)) {
            var backup = new Backup(api, ClusterSecret.load(secret), engine, LOG::info);
            Backup.Made made = backup.make(options.order(to, api.product()));
            LOG.info(
                    "event=backup-made path={} groups={} keys={} bytes={} removed={}",
                    made.path(),
                    made.manifest().groups().size(),
                    made.manifest().keys(),
                    made.manifest().bytes(),
                    made.removed());
            return 0;
        }
    }
}
