package io.codis.operator.desired;

import java.util.Map;
import java.util.TreeMap;

/** A configuration file of text settings. */
final class Toml {

    private final Map<String, String> settings = new TreeMap<>();

    Toml set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    String text() {
        var text = new StringBuilder();
        settings.forEach((key, value) ->
                text.append(key).append(" = ").append(quoted(value)).append('\n'));
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
