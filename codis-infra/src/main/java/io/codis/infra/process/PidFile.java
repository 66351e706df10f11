package io.codis.infra.process;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Flag of the programs that others look after by a file with their process id. */
public final class PidFile {

    private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);

    @Option(names = "--pidfile", paramLabel = "FILE", description = "write the process id here, removed at exit")
    private @Nullable Path file;

    /** Does nothing without the flag; {@link Reason#INVALID_ARGUMENT} where the file cannot be written. */
    public void write() {
        if (file != null) {
            try {
                Files.writeString(file, ProcessHandle.current().pid() + "\n", StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new CodisException(Reason.INVALID_ARGUMENT, "--pidfile " + file + ": " + e, e);
            }
        }
    }

    public void remove() {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("event=pidfile-not-removed file={} cause={}", file, e.getMessage());
            }
        }
    }
}
