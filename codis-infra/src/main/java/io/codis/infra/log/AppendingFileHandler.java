package io.codis.infra.log;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Appends to {@code FILE.YYYY-MM-DD}, the day in UTC like the lines, or to one file; a line is in it when the call returns. */
final class AppendingFileHandler extends LineFileHandler {

    private final boolean daily;
    private LocalDate day;

    static AppendingFileHandler daily(Path base) {
        return new AppendingFileHandler(base, true);
    }

    static AppendingFileHandler single(Path file) {
        return new AppendingFileHandler(file, false);
    }

    private AppendingFileHandler(Path base, boolean daily) {
        super(base);
        this.daily = daily;
        this.day = LocalDate.now(ZoneOffset.UTC);
        try {
            Files.createDirectories(this.base.resolveSibling(""));
            this.out = open();
        } catch (IOException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "cannot write log file " + base + ": " + e, e);
        }
    }

    @Override
    void makeRoom(LocalDate today, int bytes) throws IOException {
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
