package io.codis.cli.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads a log from near its end on, also over a {@link LogRotation}. Not for several threads. */
public final class LogFollower {

    private static final int MOST = 1 << 20;

    private final Path log;
    private long position;

    private LogFollower(Path log) {
        this.log = log;
    }

    /** At its beginning. */
    public static LogFollower of(Path log) {
        return new LogFollower(log);
    }

    /** The last whole lines, about {@code bytes} of them, also from the part that was rotated away last. */
    public String tail(int bytes) throws IOException {
        long size = Files.size(log);
        position = size;
        Path older = LogRotation.older(log, 1);
        long missing = bytes - size;
        if (missing <= 0 || !Files.exists(older)) {
            return lines(log, size - bytes, size);
        }
        return lines(older, Files.size(older) - missing, Long.MAX_VALUE) + lines(log, 0, size);
    }

    /** What has been written since; empty when there is nothing. */
    public String more() throws IOException {
        var text = new StringBuilder();
        if (Files.size(log) < position) {
            text.append(read(LogRotation.older(log, 1), position, Long.MAX_VALUE));
            position = 0;
        }
        byte[] fresh = bytes(log, position, Math.min(Files.size(log), position + MOST));
        position += fresh.length;
        return text.append(new String(fresh, StandardCharsets.UTF_8)).toString();
    }

    /** Without the first line when that may be torn. */
    private static String lines(Path file, long from, long to) throws IOException {
        if (from <= 0) {
            return read(file, 0, to);
        }
        String text = read(file, from, to);
        return text.substring(text.indexOf('\n') + 1);
    }

    private static String read(Path file, long from, long to) throws IOException {
        return new String(bytes(file, from, to), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Path file, long from, long to) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = Math.min(channel.size(), to);
            var buffer = ByteBuffer.allocate((int) Math.max(0, Math.min(end - from, LogRotation.LARGEST * 2)));
            while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
                // until all of it is read
            }
            byte[] read = new byte[buffer.position()];
            buffer.flip().get(read);
            return read;
        }
    }
}
