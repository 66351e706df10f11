package io.codis.server.config;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.LiveSettings;
import io.codis.infra.secret.ClusterSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The command line as given, null where nothing was. An option wins over the file's setting of the same name, and that
 * over the default.
 */
public record LauncherOptions(
        @Nullable Integer port,
        @Nullable List<String> bind,
        @Nullable String announce,
        @Nullable Path dir,
        @Nullable Path secretFile,
        @Nullable Path engine,
        ForEngine forEngine,
        Duration lease,
        Duration stop,
        Duration dashboardWait,
        boolean ephemeral) {

    /** What the launcher decides itself. */
    private static final List<String> OWN = List.of("port", "bind", "dir");

    private static final int LAST_PORT = 65535 - LauncherConfig.LAUNCHER_PORT_OFFSET;

    /**
     * @param assignments {@code key=value}
     * @param arguments a file, if the first does not begin with --, then {@code --key value ...}
     */
    public record ForEngine(List<String> assignments, List<String> arguments) {

        Given read() {
            var settings = new ArrayList<Setting>();
            boolean file = !arguments.isEmpty() && !arguments.getFirst().startsWith("-");
            String text = file ? SettingsReader.text(Path.of(arguments.getFirst())) : "";
            if (file) {
                settings.addAll(SettingsReader.lines(text, arguments.getFirst()));
            }
            settings.addAll(SettingsReader.arguments(arguments.subList(file ? 1 : 0, arguments.size())));
            assignments.forEach(assignment -> settings.add(SettingsReader.assignment(assignment)));
            return new Given(settings, LiveSettings.digest(text));
        }
    }

    /** @param digest of the file's live lines */
    private record Given(List<Setting> settings, String digest) {

        EngineSettings forEngine(MemoryLimit memory) {
            return EngineSettings.of(settings.stream()
                            .filter(setting -> !OWN.contains(setting.key()))
                            .toList())
                    .within(memory)
                    .digested(digest);
        }
    }

    /** Everything decided; all that is wrong with settings is named at once. */
    public LauncherConfig config(Map<String, String> environment, MemoryLimit memory) {
        Given read = forEngine.read();
        List<Setting> given = read.settings();
        String listen =
                bind != null ? String.join(" ", bind) : last(given, "bind").orElse("127.0.0.1");
        var config = new LauncherConfig(
                listen,
                "",
                port(given),
                directory(given),
                secret(environment),
                EngineBinary.find(engine, environment),
                read.forEngine(memory),
                () -> forEngine.read().forEngine(memory),
                lease,
                stop,
                dashboardWait,
                ephemeral);
        return announce != null ? config.announced(announce) : config.announced(config.localHost());
    }

    private int port(List<Setting> given) {
        int chosen = port != null
                ? port
                : last(given, "port").map(LauncherOptions::number).orElse(6379);
        if (chosen < 1 || chosen > LAST_PORT) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "port " + chosen + ": 1 to " + LAST_PORT + ", since the launcher uses the port 10000 above");
        }
        return chosen;
    }

    private Path directory(List<Setting> given) {
        Path chosen = dir != null ? dir : Path.of(last(given, "dir").orElse("."));
        return chosen.toAbsolutePath().normalize();
    }

    private Path secret(Map<String, String> environment) {
        if (secretFile != null) {
            return secretFile;
        }
        String named = environment.getOrDefault(ClusterSecret.VARIABLE, "");
        if (named.isEmpty()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "no cluster secret: give --cluster-secret-file or set " + ClusterSecret.VARIABLE);
        }
        return Path.of(named);
    }

    private static Optional<String> last(List<Setting> settings, String key) {
        return settings.stream()
                .filter(setting -> setting.key().equals(key))
                .map(Setting::text)
                .reduce((a, b) -> b);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "port " + text + ": not a number", e);
        }
    }
}
