package io.codis.cli.backup;

import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a backup by hand and one by a schedule take alike. */
public final class BackupOptions {

    @Option(
            names = "--keep",
            paramLabel = "COUNT",
            defaultValue = "7",
            description = "how many backups to keep, 0 for all; default ${DEFAULT-VALUE}")
    private int keep = 7;

    @Option(
            names = "--keep-days",
            paramLabel = "DAYS",
            defaultValue = "0",
            description =
                    "remove backups older than this, 0 for never; the newest is always kept; default ${DEFAULT-VALUE}")
    private int keepDays;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "how long to wait for slots that move; default ${DEFAULT-VALUE}")
    private int patience = 600;

    /** @throws ParameterException for a value that has no meaning */
    public void check(CommandLine line) {
        require(line, "--keep", keep);
        require(line, "--keep-days", keepDays);
        require(line, "--patience", patience);
    }

    private static void require(CommandLine line, String name, int value) {
        if (value < 0) {
            throw new ParameterException(line, name + "=" + value + ": must not be less than 0");
        }
    }

    public Backup.Order order(Path to, String product) {
        return new Backup.Order(to, product, Duration.ofSeconds(patience), keep, Duration.ofDays(keepDays));
    }
}
