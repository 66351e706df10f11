package io.codis.infra.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/** Writes lines to files; a line is in its file when the call returns. Days are of UTC, as the lines' times. */
abstract class LineFileHandler extends Handler {

    final Path base;
    OutputStream out = OutputStream.nullOutputStream();

    LineFileHandler(Path base) {
        this.base = base.toAbsolutePath();
    }

    /** Opens another file where a line of this day and of so many bytes does not belong into the present one. */
    abstract void makeRoom(LocalDate today, int bytes) throws IOException;

    @Override
    public void publish(LogRecord event) {
        if (isLoggable(event)) {
            append(getFormatter().format(event).getBytes(StandardCharsets.UTF_8), event.getInstant());
        }
    }

    /** Whole lines, as they are. */
    final synchronized void append(byte[] lines, Instant at) {
        try {
            makeRoom(LocalDate.ofInstant(at, ZoneOffset.UTC), lines.length);
            out.write(lines);
        } catch (IOException | UncheckedIOException e) {
            reportError("log file " + base, e, ErrorManager.WRITE_FAILURE);
        }
    }

    @Override
    public void flush() {}

    @Override
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException e) {
            reportError("log file " + base, e, ErrorManager.CLOSE_FAILURE);
        }
    }
}
