package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRotationTest {

    private static final int LARGEST = 1000;

    @TempDir
    private Path directory;

    private Path log = Path.of("");
    private int line;

    @BeforeEach
    void create() throws IOException {
        log = Files.createFile(directory.resolve("proxy-1.log"));
    }

    /** As a child does: through a descriptor that was opened once, for appending. */
    private void write(OutputStream out, int lines) throws IOException {
        for (int i = 0; i < lines; i++) {
            out.write(("line " + line++ + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    }

    private OutputStream child() throws IOException {
        return Files.newOutputStream(log, StandardOpenOption.APPEND);
    }

    @Test
    void aLargeLogIsPutAsideAndItsWriterGoesOnInAnEmptyOne() throws IOException {
        try (OutputStream child = child()) {
            write(child, 200);
            LogRotation.rotate(directory, LARGEST);
            write(child, 2);
        }

        assertThat(log).hasContent(lines(200, 202));
        assertThat(LogRotation.older(log, 1)).hasContent(lines(0, 200));
    }

    @Test
    void aSmallLogIsLeftAlone() throws IOException {
        try (OutputStream child = child()) {
            write(child, 3);
        }
        LogRotation.rotate(directory, LARGEST);

        assertThat(log).hasContent(lines(0, 3));
        assertThat(LogRotation.older(log, 1)).doesNotExist();
    }

    @Test
    void thereAreNeverMoreThanSomeOlderPartsAndTheOldestGoesFirst() throws IOException {
        try (OutputStream child = child()) {
            for (int round = 0; round < LogRotation.OLDER + 3; round++) {
                write(child, 200);
                LogRotation.rotate(directory, LARGEST);
            }
        }

        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(LogRotation.OLDER + 1);
        }
        assertThat(LogRotation.older(log, LogRotation.OLDER)).hasContent(lines(600, 800));
        assertThat(LogRotation.older(log, 1)).hasContent(lines(1200, 1400));
        assertThat(log).isEmptyFile();
    }

    @Test
    void aFollowerMissesNothingOverARotation() throws IOException {
        var read = new StringBuilder();
        try (OutputStream child = child()) {
            write(child, 50);
            var follower = LogFollower.of(log);
            read.append(follower.tail(1 << 16));
            for (int round = 0; round < 5; round++) {
                write(child, 150);
                read.append(follower.more());
                write(child, 7);
                LogRotation.rotate(directory, LARGEST);
                write(child, 3);
                read.append(follower.more());
            }
            assertThat(follower.more()).isEmpty();
        }

        assertThat(read).hasToString(lines(0, 50 + 5 * 160));
    }

    @Test
    void aTailReachesBackIntoThePartThatWasPutAside() throws IOException {
        try (OutputStream child = child()) {
            write(child, 200);
            LogRotation.rotate(directory, LARGEST);
            write(child, 2);
        }

        assertThat(LogFollower.of(log).tail(100)).isEqualTo(lines(191, 202));
        assertThat(LogFollower.of(log).tail(10)).isEqualTo(lines(201, 202));
    }
}
