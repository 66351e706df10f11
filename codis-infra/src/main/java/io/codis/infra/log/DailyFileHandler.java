package io.codis.infra.log;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/** Appends to {@code FILE.YYYY-MM-DD}, the day in UTC like the lines; a line is in the file when the call returns. */
final class DailyFileHandler extends Handler {

    private final Path base;
    private LocalDate day;
    private OutputStream out;

    DailyFileHandler(Path base) {
        this.base = base.toAbsolutePath();
        this.day = LocalDate.now(ZoneOffset.UTC);
        try {
            Files.createDirectories(this.base.resolveSibling(""));
            this.out = open();
        } catch (IOException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "cannot write log file " + base + ": " + e, e);
        }
    }

    @Override
    public synchronized void publish(LogRecord event) {
        if (!isLoggable(event)) {
            return;
        }
        try {
            roll(LocalDate.ofInstant(Instant.ofEpochMilli(event.getMillis()), ZoneOffset.UTC));
            out.write(getFormatter().format(event).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
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

    private void roll(LocalDate today) throws IOException {
        if (today.isAfter(day)) {
            out.close();
            day = today;
            out = open();
        }
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(base.resolveSibling(base.getFileName() + "." + day), CREATE, APPEND);
    }
}
