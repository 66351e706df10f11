package io.codis.core.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** A value for every key of a schema, each of them fit. {@link #toString()} shows no secret. */
public final class Settings {

    private final Schema schema;
    private final Map<String, Object> values;

    private Settings(Schema schema, Map<String, Object> values) {
        this.schema = schema;
        this.values = values;
    }

    /** Every key at its default. */
    public static Settings defaults(Schema schema) {
        var values = new HashMap<String, Object>();
        schema.keys().forEach(key -> values.put(key.name(), key.fallback()));
        return new Settings(schema, values);
    }

    /** The value of a key of this schema. */
    public <T> T get(Key<T> key) {
        Object value = values.get(key.name());
        if (value == null) {
            throw new IllegalArgumentException(key.name() + " is no key of " + schema.title());
        }
        return key.kind().type().cast(value);
    }

    /** The same with another value. */
    public <T> Settings with(Key<T> key, T value) {
        key.check().problem(value).ifPresent(wrong -> {
            throw new IllegalArgumentException(key.name() + ": " + wrong);
        });
        var copy = new HashMap<>(values);
        copy.put(key.name(), value);
        return new Settings(schema, copy);
    }

    /** The form that the HTTP APIs show: contract names, sizes and durations as text, no secrets. */
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        for (Key<?> key : schema.keys()) {
            if (key.shown() != Key.Shown.NEVER) {
                json.put(key.name(), key.json(get(key)));
            }
        }
        return json;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings that
                && schema.title().equals(that.schema.title())
                && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return json().toString();
    }
}
