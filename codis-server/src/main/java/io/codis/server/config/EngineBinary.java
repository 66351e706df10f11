package io.codis.server.config;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The program of the storage engine. */
public final class EngineBinary {

    /** Names an engine program in the environment. */
    public static final String VARIABLE = "REDIS_SERVER";

    private static final List<String> PROGRAMS = List.of("valkey-server", "redis-server");

    private EngineBinary() {}

    /**
     * {@code given}, else what {@value #VARIABLE} names, else valkey-server, else redis-server on the PATH.
     *
     * @throws CodisException {@link Reason#NO_ENGINE}
     */
    public static Path find(@Nullable Path given, Map<String, String> environment) {
        if (given != null) {
            return executable(given, "--engine");
        }
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isEmpty()) {
            return executable(Path.of(named), VARIABLE);
        }
        return onPath(environment).orElseThrow(() -> new CodisException(Reason.NO_ENGINE, Reason.NO_ENGINE.remedy()));
    }

    /** The first engine on the PATH of {@code environment}. */
    public static Optional<Path> onPath(Map<String, String> environment) {
        String[] directories = environment.getOrDefault("PATH", "").split(File.pathSeparator, -1);
        return PROGRAMS.stream()
                .flatMap(program -> List.of(directories).stream()
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory, program)))
                .filter(EngineBinary::isProgram)
                .findFirst();
    }

    private static Path executable(Path path, String source) {
        if (!isProgram(path)) {
            throw new CodisException(Reason.NO_ENGINE, source + " " + path + ": not an executable file");
        }
        return path.toAbsolutePath();
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
