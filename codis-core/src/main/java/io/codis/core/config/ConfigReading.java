package io.codis.core.config;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of reading raw values: the whole configuration, or every problem at once.
 *
 * @param problems such as {@code proxy.toml:12 session_max_timeout = "30x": not a duration; write ...}
 * @param warnings keys that nobody knows; a newer or older version may
 */
public record ConfigReading(Settings settings, List<String> problems, List<String> warnings) {

    /**
     * One value as it was found.
     *
     * @param where {@code file:line}, or the flag that gave it
     * @param value {@code String}, {@code Long}, {@code Double}, {@code Boolean}, or anything else TOML has
     */
    public record Raw(String where, String name, Object value) {

        String text() {
            return where + " " + name + " = " + (value instanceof String text ? '"' + text + '"' : value.toString());
        }
    }

    /** Reads values over the defaults of {@code schema}; a later one of the same name wins. */
    public static ConfigReading of(Schema schema, List<Raw> values) {
        var reader = new Reader(schema);
        values.forEach(reader::read);
        return reader.finish();
    }

    /** The settings, if nothing was wrong; else all problems in one exception, a line each. */
    public Settings orThrow() {
        if (!problems.isEmpty()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, String.join("\n", problems));
        }
        return settings;
    }

    private static final class Reader {

        private final Schema schema;
        private final List<String> problems = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final Map<String, Raw> given = new HashMap<>();
        private Settings settings;

        Reader(Schema schema) {
            this.schema = schema;
            this.settings = Settings.defaults(schema);
        }

        void read(Raw raw) {
            schema.key(raw.name())
                    .ifPresentOrElse(
                            key -> read(key, raw), () -> warnings.add(raw.text() + ": unknown setting, ignored"));
        }

        private <T> void read(Key<T> key, Raw raw) {
            given.put(key.name(), raw);
            try {
                T value = key.kind().parse(raw.value());
                key.check()
                        .problem(value)
                        .ifPresentOrElse(
                                wrong -> problems.add(raw.text() + ": " + wrong),
                                () -> settings = settings.with(key, value));
            } catch (IllegalArgumentException e) {
                problems.add(raw.text() + ": " + e.getMessage());
            }
        }

        ConfigReading finish() {
            for (var rule : schema.rules()) {
                rule.apply(settings)
                        .ifPresent(conflict -> problems.add(place(conflict.key()) + ": " + conflict.problem()));
            }
            return new ConfigReading(settings, List.copyOf(problems), List.copyOf(warnings));
        }

        private String place(Key<?> key) {
            Raw raw = given.get(key.name());
            return raw == null ? key.name() + " (by default)" : raw.text();
        }
    }
}
