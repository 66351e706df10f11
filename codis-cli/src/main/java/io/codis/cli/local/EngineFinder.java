package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the storage engine: what REDIS_SERVER names, else what the PATH has, else the one that comes with Codis. */
public final class EngineFinder {

    /** Servers without users (before 6) cannot be fenced. */
    private static final int OLDEST_MAJOR = 6;

    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)");

    private final Map<String, String> environment;
    private final Path cache;

    /** @param cache where the bundled one is unpacked */
    public EngineFinder(Map<String, String> environment, Path cache) {
        this.environment = environment;
        this.cache = cache;
    }

    /** The program; {@link Reason#NO_ENGINE} with what was tried if there is none that runs. */
    public Path find() {
        String named = environment.getOrDefault("REDIS_SERVER", "");
        if (!named.isEmpty()) {
            return requireUsable(Path.of(named), "REDIS_SERVER");
        }
        for (String program : List.of("valkey-server", "redis-server")) {
            for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
                Path candidate = Path.of(directory, program);
                if (!directory.isEmpty() && Files.isExecutable(candidate)) {
                    return requireUsable(candidate, "PATH");
                }
            }
        }
        return requireUsable(unpack(), "bundled with Codis");
    }

    private static Path requireUsable(Path program, String source) {
        Path absolute = program.toAbsolutePath();
        String version = version(absolute, source);
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.find()) {
            throw noEngine(absolute, source, "it does not say its version: " + version);
        }
        if (Integer.parseInt(matcher.group(1)) < OLDEST_MAJOR) {
            throw noEngine(absolute, source, "version " + matcher.group().substring(2) + " is older than 6.2");
        }
        return absolute;
    }

    private static String version(Path program, String source) {
        if (!Files.isExecutable(program)) {
            throw noEngine(program, source, "no such program");
        }
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw noEngine(program, source, "it does not answer --version");
            }
            if (process.exitValue() != 0) {
                throw noEngine(program, source, "it does not run: " + output);
            }
            return output;
        } catch (IOException e) {
            throw noEngine(program, source, "it does not run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw noEngine(program, source, "interrupted");
        }
    }

    private static CodisException noEngine(Path program, String source, String why) {
        return new CodisException(
                Reason.NO_ENGINE,
                program + " (" + source + "): " + why + "; install valkey-server or redis-server 6.2 or newer, or set"
                        + " REDIS_SERVER");
    }

    private Path unpack() {
        String resource = resource();
        Path target = cache.resolve(resource);
        if (Files.isExecutable(target)) {
            return target;
        }
        try (InputStream in = EngineFinder.class.getResourceAsStream("/" + resource)) {
            if (in == null) {
                throw new CodisException(Reason.NO_ENGINE, Reason.NO_ENGINE.remedy());
            }
            Files.createDirectories(cache);
            Path temp = Files.createTempFile(cache, resource, ".new");
            Files.copy(in, temp, StandardCopyOption.REPLACE_EXISTING);
            if (!temp.toFile().setExecutable(true, true)) {
                throw new CodisException(Reason.NO_ENGINE, "cannot make " + temp + " executable");
            }
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
            return target;
        } catch (IOException e) {
            throw new CodisException(Reason.NO_ENGINE, "cannot unpack the bundled engine to " + target + ": " + e, e);
        }
    }

    /** Names of the programs inside the embedded-redis artifact. */
    private static String resource() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        boolean arm = arch.equals("aarch64") || arch.equals("arm64");
        if (os.contains("linux")) {
            return arm ? "redis-server-6.2.7-linux-arm64" : "redis-server-6.2.6-v5-linux-amd64";
        }
        return arm ? "redis-server-6.2.6-v5-darwin-arm64" : "redis-server-6.2.6-v5-darwin-amd64";
    }
}
