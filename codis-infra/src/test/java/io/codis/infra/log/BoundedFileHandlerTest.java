package io.codis.infra.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedFileHandlerTest {

    private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");
    private static final int DAY = 86_400;

    @TempDir
    Path directory;

    @Test
    void aDayHasAFileAndAnotherWhenItIsFull() throws IOException {
        var handler = handler(25, 9);

        for (int line = 0; line < 5; line++) {
            write(handler, NEW_YEAR, "123456789\n");
        }
        write(handler, NEW_YEAR.plusSeconds(DAY), "next day\n");

        assertThat(names())
                .containsExactly("a.log.2026-01-01", "a.log.2026-01-01.1", "a.log.2026-01-01.2", "a.log.2026-01-02");
        assertThat(Files.readString(directory.resolve("a.log.2026-01-01"))).isEqualTo("123456789\n123456789\n");
    }

    @Test
    void theOldestFilesGoAndOthersStay() throws IOException {
        Files.writeString(directory.resolve("b.log.2025-01-01"), "another's");
        var handler = handler(1000, 3);

        for (int day = 0; day < 12; day++) {
            write(handler, NEW_YEAR.plusSeconds((long) day * DAY), "line\n");
        }

        assertThat(names())
                .containsExactly("a.log.2026-01-10", "a.log.2026-01-11", "a.log.2026-01-12", "b.log.2025-01-01");
    }

    @Test
    void aProcessGoesOnInTheFileOfItsDay() throws IOException {
        write(handler(1000, 3), NEW_YEAR, "before\n");
        write(handler(1000, 3), NEW_YEAR, "after\n");

        assertThat(Files.readString(directory.resolve("a.log.2026-01-01"))).isEqualTo("before\nafter\n");
    }

    @Test
    void linesOfAnotherProgramAreInItAsTheyAreAlsoAfterLoggingHasClosedIt() throws IOException {
        var handler = handler(1000, 3);

        write(handler, NEW_YEAR, "ours\n");
        handler.close();
        handler.append("1:M 01 Jan 2026 * bye\n".getBytes(StandardCharsets.UTF_8), NEW_YEAR);

        assertThat(Files.readString(directory.resolve("a.log.2026-01-01"))).isEqualTo("ours\n1:M 01 Jan 2026 * bye\n");
    }

    private BoundedFileHandler handler(long bytes, int files) {
        var handler = new BoundedFileHandler(directory.resolve("a.log"), bytes, files);
        handler.setFormatter(new Formatter() {
            @Override
            public String format(LogRecord event) {
                return event.getMessage();
            }
        });
        return handler;
    }

    private static void write(BoundedFileHandler handler, Instant at, String line) {
        var event = new LogRecord(Level.INFO, line);
        event.setInstant(at);
        handler.publish(event);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
