package io.codis.infra.log;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A copy of the log that never fills its disk: {@code FILE.YYYY-MM-DD}, then {@code FILE.YYYY-MM-DD.1} and so on when one is
 * full; the oldest go. That it cannot be written is told once and is no reason to stop.
 */
final class BoundedFileHandler extends LineFileHandler {

    private final long fileBytes;
    private final int files;
    private LocalDate day = LocalDate.EPOCH;
    private long left;

    /**
     * @param fileBytes of one file
     * @param files that are kept
     */
    BoundedFileHandler(Path base, long fileBytes, int files) {
        super(base);
        this.fileBytes = fileBytes;
        this.files = files;
    }

    @Override
    void makeRoom(LocalDate today, int bytes) throws IOException {
        if (today.isAfter(day) || left < bytes) {
            next(today, bytes);
        }
        left -= bytes;
    }

    /** Logging closes its handlers as soon as a process is told to end, and the last lines are still to come: they open it again. */
    @Override
    public synchronized void close() {
        super.close();
        day = LocalDate.EPOCH;
    }

    /** The first file of the day that has room. */
    private void next(LocalDate today, int length) throws IOException {
        out.close();
        Files.createDirectories(base.resolveSibling(""));
        Path file = named(today, 0);
        for (int number = 1; Files.exists(file) && Files.size(file) + length > fileBytes; number++) {
            file = named(today, number);
        }
        day = today;
        out = Files.newOutputStream(file, CREATE, APPEND);
        left = fileBytes - Files.size(file);
        List<Path> all = kept();
        for (Path old : all.subList(0, Math.max(0, all.size() - files))) {
            Files.delete(old);
        }
    }

    private Path named(LocalDate today, int number) {
        return base.resolveSibling(base.getFileName() + "." + today + (number == 0 ? "" : "." + number));
    }

    /** The oldest first. */
    private List<Path> kept() throws IOException {
        Pattern name =
                Pattern.compile(Pattern.quote(base.getFileName().toString()) + "\\.([0-9-]{10})(?:\\.(\\d{1,9}))?");
        var byAge = new TreeMap<String, Path>();
        try (Stream<Path> all = Files.list(base.resolveSibling(""))) {
            all.forEach(file -> {
                Matcher matcher = name.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    int number = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
                    byAge.put(matcher.group(1) + String.format("%09d", number), file);
                }
            });
        }
        return List.copyOf(byAge.values());
    }
}
