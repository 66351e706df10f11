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

/** Appends to {@code FILE.YYYY-MM-DD}, the day in UTC like the lines, or to one file; a line is in it when the call returns. */
final class AppendingFileHandler extends Handler {

    private final Path base;
    private final boolean daily;
    private LocalDate day;
    private OutputStream out;

    static AppendingFileHandler daily(Path base) {
        return new AppendingFileHandler(base, true);
    }

    static AppendingFileHandler single(Path file) {
        return new AppendingFileHandler(file, false);
    }

    private AppendingFileHandler(Path base, boolean daily) {
        this.daily = daily;
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
        if (daily && today.isAfter(day)) {
            out.close();
            day = today;
            out = open();
        }
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(
                daily ? base.resolveSibling(base.getFileName() + "." + day) : base, CREATE, APPEND);
    }
}
