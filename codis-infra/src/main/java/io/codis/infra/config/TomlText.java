package io.codis.infra.config;

import java.util.Map;
import java.util.TreeMap;

/** The text of a configuration file, its settings in the order of their names. */
public final class TomlText {

    private final Map<String, String> settings = new TreeMap<>();

    public TomlText set(String key, String value) {
        settings.put(key, quoted(value));
        return this;
    }

    public TomlText set(String key, boolean value) {
        settings.put(key, Boolean.toString(value));
        return this;
    }

    public String text() {
        var text = new StringBuilder();
        settings.forEach(
                (key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        return text.toString();
    }

    /** A basic string. */
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c < 0x20 || c == 0x7f) {
                quoted.append(String.format("\\u%04X", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
