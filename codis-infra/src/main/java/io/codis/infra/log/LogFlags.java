package io.codis.infra.log;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags of every program: where it logs, and how much. */
public final class LogFlags {

    @Option(
            names = {"-l", "--log"},
            paramLabel = "FILE",
            description = "log to FILE.YYYY-MM-DD, default standard error")
    private @Nullable Path log;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "INFO",
            description = "ERROR, WARN, INFO or DEBUG; default ${DEFAULT-VALUE}")
    private String logLevel = "INFO";

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "${env:CODIS_LOG_FORMAT:-text}",
            description = "text, or json: one object a line; default CODIS_LOG_FORMAT, else text")
    private Logging.Format format = Logging.Format.text;

    /** Logs as the flags say from now on; throws what {@link Logging#configure} does. */
    public void configure() {
        Logging.configure(log, logLevel, format);
    }
}
