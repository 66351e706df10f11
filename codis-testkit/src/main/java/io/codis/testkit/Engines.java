package io.codis.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The engines that tests run against: Redis 7.0 and Valkey 8 of Debian, and Redis 6.2 out of the artifact
 * {@code embedded-redis}.
 *
 * <p>A test of one engine uses {@link #redis7()}; a test of all takes {@link #all()} as its method source
 * ({@code @MethodSource("io.codis.testkit.Engines#all")}). An engine that is not installed is left out, except where
 * the property {@code engines.required} is set, as in CI: there it fails the tests.
 */
public final class Engines {

    private static final String BUNDLED = "redis-server-6.2.6-v5-linux-amd64";
    private static final Pattern VERSION = Pattern.compile("(Redis|Valkey) server v=(\\S+)");

    private Engines() {}

    /** Redis as the distribution has it, the engine of all tests that need just one. */
    public static Engine redis7() {
        return find("redis-server")
                .orElseThrow(
                        () -> new IllegalStateException("no redis-server on the PATH: apt-get install redis-server"));
    }

    /** Valkey 8, from the backports of the distribution. */
    public static Optional<Engine> valkey8() {
        Optional<Engine> engine = find("valkey-server");
        if (engine.isEmpty() && Boolean.getBoolean("engines.required")) {
            throw new IllegalStateException("no valkey-server on the PATH: install it from bookworm-backports");
        }
        return engine;
    }

    /** Redis 6.2, unpacked out of the artifact. */
    public static Engine redis62() {
        Path target = Path.of(System.getProperty("java.io.tmpdir"), "codis-test-" + BUNDLED);
        if (!Files.isExecutable(target)) {
            unpack(target);
        }
        return probe(target).orElseThrow(() -> new IllegalStateException("does not run: " + target));
    }

    /** Both engines that pass every test. */
    public static Stream<Engine> all() {
        return Stream.concat(Stream.of(redis7()), valkey8().stream());
    }

    private static Optional<Engine> find(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .flatMap(Engines::probe);
    }

    private static Optional<Engine> probe(Path binary) {
        try {
            Process process = new ProcessBuilder(binary.toString(), "--version").start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = VERSION.matcher(said);
            return matcher.find()
                    ? Optional.of(new Engine(
                            matcher.group(1).toLowerCase(Locale.ROOT) + " " + matcher.group(2),
                            binary,
                            matcher.group(2)))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By rename, so that a test JVM beside this one never runs half a file. */
    private static void unpack(Path target) {
        try (InputStream in = Engines.class.getResourceAsStream("/" + BUNDLED)) {
            if (in == null) {
                throw new IllegalStateException("not in the artifact: " + BUNDLED);
            }
            Path part = Files.createTempFile(target.getParent(), "codis-test-", ".part");
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            if (!part.toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot be made executable: " + part);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
