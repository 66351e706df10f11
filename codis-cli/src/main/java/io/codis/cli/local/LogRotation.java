package io.codis.cli.local;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the logs of a data directory bounded: {@code NAME.log} and its older parts {@code NAME.log.1} (the newest), {@code
 * .2} and so on.
 *
 * <p>A child writes to its log through a descriptor of its own, without the supervisor in between, which may hang or die. So
 * a large log is copied away and emptied under its writer, who appends and so goes on at the beginning. What is written
 * between the last look at the copy and the emptying, well below a millisecond, is lost.
 */
final class LogRotation implements AutoCloseable {

    static final long LARGEST = 10L << 20;
    static final int OLDER = 4;

    private static final Logger LOG = LoggerFactory.getLogger(LogRotation.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Path directory;
    private final long largest;
    private final Thread thread;

    private LogRotation(Path directory, long largest) {
        this.directory = directory;
        this.largest = largest;
        this.thread = Thread.ofVirtual().name("logs").unstarted(this::watch);
    }

    /** Looks at all logs of the directory every now and then until it is closed. */
    static LogRotation start(Path directory) {
        var rotation = new LogRotation(directory, LARGEST);
        rotation.thread.start();
        return rotation;
    }

    /** One look. */
    static void rotate(Path directory, long largest) {
        new LogRotation(directory, largest).look();
    }

    private void watch() {
        try {
            while (true) {
                look();
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void look() {
        for (Path log : logs()) {
            try {
                if (Files.size(log) > largest) {
                    rotate(log);
                }
            } catch (NoSuchFileException gone) {
                // its owner was removed
            } catch (IOException e) {
                LOG.warn("event=log-not-rotated log={} cause={}", log, e.toString());
            }
        }
    }

    private List<Path> logs() {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log")).toList();
        } catch (IOException e) {
            LOG.warn("event=logs-not-listed directory={} cause={}", directory, e.toString());
            return List.of();
        }
    }

    private static void rotate(Path log) throws IOException {
        Path copy = log.resolveSibling("." + log.getFileName() + ".new");
        try (var from = FileChannel.open(log, READ, WRITE);
                var to = FileChannel.open(copy, WRITE, CREATE, TRUNCATE_EXISTING)) {
            long copied = copy(from, to, 0);
            for (int number = OLDER; number > 1; number--) {
                move(older(log, number - 1), older(log, number));
            }
            Files.move(copy, older(log, 1), REPLACE_EXISTING, ATOMIC_MOVE);
            copy(from, to, copied);
            from.truncate(0);
        }
    }

    private static long copy(FileChannel from, FileChannel to, long start) throws IOException {
        long position = start;
        long moved = from.transferTo(position, 1 << 20, to);
        while (moved > 0) {
            position += moved;
            moved = from.transferTo(position, 1 << 20, to);
        }
        return position;
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, REPLACE_EXISTING, ATOMIC_MOVE);
        }
    }

    /** @param number 1 for the newest of the older parts */
    static Path older(Path log, int number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
