package io.codis.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the container of this launcher and its engine may use, and how much of it may become data. */
public final class MemoryLimit {

    /** Control groups of version 2, then of version 1, as a container sees its own. */
    private static final List<Path> FILES =
            List.of(Path.of("/sys/fs/cgroup/memory.max"), Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

    /** Version 1 writes a number near 2^63 for none. */
    private static final long NONE = 1L << 50;

    /** The launcher's own JVM. */
    private static final long LAUNCHER = 72L << 20;

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(b|k|kb|m|mb|g|gb|)");

    private final OptionalLong bytes;

    private MemoryLimit(OptionalLong bytes) {
        this.bytes = bytes;
    }

    public static MemoryLimit none() {
        return new MemoryLimit(OptionalLong.empty());
    }

    public static MemoryLimit of(long bytes) {
        return new MemoryLimit(OptionalLong.of(bytes));
    }

    /** The limit of the container in which this process runs. */
    public static MemoryLimit ofContainer() {
        return FILES.stream()
                .map(MemoryLimit::read)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(MemoryLimit::none);
    }

    /** The text of such a file: a number of bytes or {@code max}. */
    static MemoryLimit parse(String text) {
        String number = text.strip();
        if (!number.matches("\\d{1,18}") || Long.parseLong(number) >= NONE) {
            return none();
        }
        return of(Long.parseLong(number));
    }

    /**
     * The data that fits beside the launcher, a fork that writes a snapshot, and the clients' buffers: a container that
     * goes beyond its limit is killed with all that was not yet on disk, while an engine at its maxmemory only refuses.
     */
    OptionalLong maxmemory() {
        return bytes.isPresent()
                ? OptionalLong.of(Math.max(bytes.getAsLong() / 8, (bytes.getAsLong() - LAUNCHER) / 4 * 3))
                : OptionalLong.empty();
    }

    /** Against a {@code maxmemory} that this container cannot hold, or that is no size; without a limit there is none. */
    Optional<String> objection(Setting given) {
        return bytes.isPresent() && size(given.text()).orElse(Long.MAX_VALUE) > bytes.getAsLong()
                ? Optional.of("maxmemory %s: the container's memory limit is %d bytes; leave the setting out to get %d"
                        .formatted(given.text(), bytes.getAsLong(), maxmemory().getAsLong()))
                : Optional.empty();
    }

    /** As the engine reads sizes; empty for what it refuses. Source: {@code memtoull} of Redis and Valkey. */
    private static OptionalLong size(String text) {
        Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long unit = switch (matcher.group(2)) {
            case "k" -> 1000;
            case "kb" -> 1 << 10;
            case "m" -> 1_000_000;
            case "mb" -> 1 << 20;
            case "g" -> 1_000_000_000;
            case "gb" -> 1 << 30;
            default -> 1;
        };
        return OptionalLong.of(
                Math.multiplyExact(Math.min(Long.parseLong(matcher.group(1)), Long.MAX_VALUE / unit), unit));
    }

    private static Optional<MemoryLimit> read(Path file) {
        try {
            return Optional.of(parse(Files.readString(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
