package io.codis.server.engine;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether an engine reads what is on a volume. One that is older than the engine that wrote it ends with an error, or, when
 * it keeps its log in another place, begins empty and says nothing.
 */
public final class EngineFit {

    /** Redis 7 and Valkey keep the log in a directory of its own. */
    private static final int LOG_DIRECTORY_SINCE = 7;

    private static final Pattern VERSION = Pattern.compile("(Redis|Valkey) server v=(\\d+)\\.(\\d+)\\S*");
    /** Valkey 9 writes {@code VALKEY080}. */
    private static final Pattern SNAPSHOT = Pattern.compile("^(?:REDIS|VALKEY)(\\d{3,4})");

    private static final int HEADER = 9;
    private static final int DEPTH = 2;
    private static final int PATIENCE_SECONDS = 10;

    /** @param snapshots the newest version of snapshot that it reads; 0 if that is not known */
    private record Version(String name, int major, int snapshots) {}

    private EngineFit() {}

    /**
     * Why this engine must not be started there; empty if it may, or nothing is known against it.
     *
     * @param engine its program
     */
    public static Optional<String> objection(Path engine, Path directory) {
        List<Path> files = files(directory);
        if (files.isEmpty()) {
            return Optional.empty();
        }
        return version(engine).flatMap(version -> objection(version, files));
    }

    /** @throws CodisException {@link Reason#ENGINE_TOO_OLD} */
    static void require(Path engine, Path directory) {
        objection(engine, directory).ifPresent(why -> {
            throw new CodisException(Reason.ENGINE_TOO_OLD, why);
        });
    }

    private static Optional<String> objection(Version engine, List<Path> files) {
        Optional<Path> log = files.stream()
                .filter(file -> file.toString().endsWith(".manifest"))
                .findFirst();
        if (log.isPresent() && engine.major() < LOG_DIRECTORY_SINCE) {
            return Optional.of(engine.name() + " does not read " + log.get().getParent()
                    + ", which a newer engine has written, and would begin empty");
        }
        return files.stream()
                .filter(file -> engine.snapshots() > 0 && snapshot(file) > engine.snapshots())
                .findFirst()
                .map(file -> "%s reads snapshots up to version %d, and a newer engine has written %s in version %d"
                        .formatted(engine.name(), engine.snapshots(), file, snapshot(file)));
    }

    /** Those that a start would load. */
    private static List<Path> files(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory, DEPTH)) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.endsWith(".aof.manifest") || name.endsWith(".rdb") && !name.startsWith("temp-");
                    })
                    .filter(file -> !directory.relativize(file).toString().startsWith("damaged-"))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            // an engine that cannot read it either says why
            return List.of();
        }
    }

    /** 0 for what is no snapshot. */
    private static int snapshot(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Matcher matcher = SNAPSHOT.matcher(new String(in.readNBytes(HEADER), StandardCharsets.US_ASCII));
            return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static Optional<Version> version(Path engine) {
        try {
            Process process = new ProcessBuilder(engine.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Matcher matcher = VERSION.matcher(said);
            return matcher.find() ? Optional.of(version(matcher)) : Optional.empty();
        } catch (IOException e) {
            // its start says why
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Version version(Matcher said) {
        boolean valkey = said.group(1).equals("Valkey");
        int major = Integer.parseInt(said.group(2));
        int minor = Integer.parseInt(said.group(3));
        String name = said.group().replace(" server v=", " ");
        return new Version(name, major, valkey ? ofValkey(major) : ofRedis(major, minor));
    }

    /** Source: RDB_VERSION in the releases of Valkey. */
    private static int ofValkey(int major) {
        return major <= 8 ? 11 : 0;
    }

    /** Source: RDB_VERSION in the releases of Redis. */
    private static int ofRedis(int major, int minor) {
        return switch (major) {
            case 5, 6 -> 9;
            case 7 -> minor == 0 ? 10 : minor < 4 ? 11 : 12;
            default -> 0;
        };
    }
}
