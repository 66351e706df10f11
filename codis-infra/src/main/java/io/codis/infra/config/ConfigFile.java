package io.codis.infra.config;

import io.codis.core.config.ConfigReading;
import io.codis.core.config.ConfigReading.Raw;
import io.codis.core.config.Schema;
import io.codis.core.config.Settings;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** Reads a configuration file and the flags that override it. */
public final class ConfigFile {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigFile.class);

    private ConfigFile() {}

    /**
     * The settings of {@code file} (defaults without one) with {@code flags} over them; unknown keys are logged.
     *
     * @param flags key to value, for keys that hold text
     * @throws CodisException {@link Reason#INVALID_ARGUMENT} with every problem, a line each
     */
    public static Settings load(Schema schema, Optional<Path> file, Map<String, String> flags) {
        ConfigReading reading = read(schema, file, flags);
        reading.warnings().forEach(warning -> LOG.warn("config {}", warning));
        return reading.orThrow();
    }

    /** As {@link #load}, with problems and warnings as values. */
    public static ConfigReading read(Schema schema, Optional<Path> file, Map<String, String> flags) {
        var problems = new ArrayList<String>();
        var values = new ArrayList<Raw>();
        file.ifPresent(path -> values.addAll(values(path, problems)));
        flags.forEach((name, value) -> values.add(new Raw("command line,", name, value)));
        ConfigReading reading = ConfigReading.of(schema, values);
        problems.addAll(reading.problems());
        return new ConfigReading(reading.settings(), List.copyOf(problems), reading.warnings());
    }

    private static List<Raw> values(Path file, List<String> problems) {
        TomlParseResult toml = parse(file);
        for (var error : toml.errors()) {
            problems.add(file + ":" + error.position().line() + ": not TOML: " + error.getMessage());
        }
        var values = new ArrayList<Raw>();
        for (var entry : toml.dottedEntrySet()) {
            var position = toml.inputPositionOf(entry.getKey());
            String where = position == null ? file.toString() : file + ":" + position.line();
            values.add(new Raw(where, entry.getKey(), entry.getValue()));
        }
        return values;
    }

    private static TomlParseResult parse(Path file) {
        try {
            return Toml.parse(file);
        } catch (NoSuchFileException e) {
            throw new CodisException(Reason.NOT_FOUND, "configuration file " + file + " does not exist", e);
        } catch (IOException e) {
            throw new CodisException(Reason.UNAVAILABLE, "configuration file " + file + " cannot be read: " + e, e);
        }
    }
}
