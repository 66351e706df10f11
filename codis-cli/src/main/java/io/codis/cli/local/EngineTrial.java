package io.codis.cli.local;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.RedisSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.infra.dashboard.Deadline;
import io.codis.server.engine.LastWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether an engine takes settings: it is started with them for a moment, without data and without a port. */
final class EngineTrial {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private EngineTrial() {}

    /** Of the settings that a user wrote; ours are known to work. */
    static Optional<SpecProblem> problem(Path engine, RedisSpec redis) {
        if (redis.engineSettings().isEmpty()) {
            return Optional.empty();
        }
        return objection(engine, redis.startSettings())
                .map(words -> new SpecProblem(
                        "spec.redisSpec.redisConf", 0, "", engine.getFileName() + " refuses it, " + words));
    }

    /** What the engine has against the settings, in its own words; empty when it starts with them. */
    static Optional<String> objection(Path engine, Map<String, String> settings) {
        try {
            Path directory = Files.createTempDirectory("codis-trial-");
            try {
                return objection(engine, settings, directory);
            } finally {
                DataDirectory.delete(directory);
            }
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "cannot try the engine's settings: " + e, e);
        }
    }

    private static Optional<String> objection(Path engine, Map<String, String> settings, Path directory)
            throws IOException {
        Path socket = directory.resolve("socket");
        Path config = directory.resolve("engine.conf");
        Path said = directory.resolve("said");
        var text = new StringBuilder();
        settings.forEach(
                (name, value) -> text.append(name).append(' ').append(value).append('\n'));
        List.of("port 0", "unixsocket " + socket, "dir " + directory, "save \"\"", "appendonly no", "daemonize no")
                .forEach(line -> text.append(line).append('\n'));
        Files.writeString(config, text);
        Process process = new ProcessBuilder(engine.toString(), config.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            Deadline deadline = Deadline.in(LIMIT);
            while (process.isAlive() && !Files.exists(socket)) {
                if (!deadline.pause()) {
                    return Optional.of("it does not start within " + LIMIT.toSeconds() + " s");
                }
            }
            return process.isAlive() ? Optional.empty() : Optional.of(reason(Files.readString(said)));
        } finally {
            end(process);
        }
    }

    private static void end(Process process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static String reason(String said) {
        return LastWords.refusal(said).orElseGet(() -> LastWords.last(said));
    }
}
