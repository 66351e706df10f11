package io.codis.server.config;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One line of an engine's configuration.
 *
 * @param key lower case
 */
public record Setting(String key, List<String> words) {

    public Setting {
        key = key.toLowerCase(Locale.ROOT);
        words = List.copyOf(words);
    }

    /** The line as the engine reads it: words are quoted as {@code sdssplitargs} of Redis undoes it. */
    public String line() {
        return key + words.stream().map(word -> " " + quote(word)).collect(Collectors.joining());
    }

    /** The words with single blanks between. */
    public String text() {
        return String.join(" ", words);
    }

    private static String quote(String word) {
        if (word.matches("[A-Za-z0-9_./:@%+,*&~#-]+")) {
            return word;
        }
        var quoted = new StringBuilder("\"");
        for (char c : word.toCharArray()) {
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '"', '\\' -> quoted.append('\\').append(c);
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
