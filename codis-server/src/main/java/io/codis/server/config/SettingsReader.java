package io.codis.server.config;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads settings as the engine itself does: from lines of a file and from {@code --key value ...} arguments. */
final class SettingsReader {

    private SettingsReader() {}

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, file + ": cannot be read: " + e, e);
        }
    }

    /** Empty lines and those that begin with # are skipped, as in {@code loadServerConfigFromString} of Redis. */
    static List<Setting> lines(String text, String file) {
        var settings = new ArrayList<Setting>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#")) {
                settings.add(setting(split(line, file + ":" + number)));
            }
        }
        return settings;
    }

    /** {@code --key word word --key word}; a key without a word is passed as it is. */
    static List<Setting> arguments(List<String> arguments) {
        var settings = new ArrayList<Setting>();
        var words = new ArrayList<String>();
        for (String argument : arguments) {
            if (argument.startsWith("--") && !words.isEmpty()) {
                settings.add(setting(words));
                words.clear();
            }
            if (words.isEmpty() && !argument.startsWith("--")) {
                throw new CodisException(
                        Reason.INVALID_ARGUMENT,
                        "argument \"" + argument + "\": an option, such as --maxmemory 1gb, should be here");
            }
            words.add(words.isEmpty() ? argument.substring(2) : argument);
        }
        if (!words.isEmpty()) {
            settings.add(setting(words));
        }
        return settings;
    }

    /** {@code key=word word}. */
    static Setting assignment(String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "--config \"" + text + "\": write it as key=value");
        }
        String value = text.substring(equals + 1);
        List<String> words = value.isEmpty() ? List.of("") : split(value, "--config " + text);
        return new Setting(text.substring(0, equals).strip(), words);
    }

    private static Setting setting(List<String> words) {
        return new Setting(words.getFirst(), words.subList(1, words.size()));
    }

    /** The quoting rules of {@code sdssplitargs}, but for hexadecimal escapes, which are refused. */
    private static List<String> split(String text, String where) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        char quote = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == '"' && c == '\\' && i + 1 < text.length()) {
                word.append(escaped(text.charAt(++i), where));
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inside = true;
            } else if (Character.isWhitespace(c)) {
                if (inside) {
                    words.add(word.toString());
                    word.setLength(0);
                    inside = false;
                }
            } else {
                word.append(c);
                inside = true;
            }
        }
        if (quote != 0) {
            throw new CodisException(Reason.INVALID_ARGUMENT, where + ": unbalanced quotes");
        }
        if (inside) {
            words.add(word.toString());
        }
        return words;
    }

    private static char escaped(char c, String where) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'x' ->
                throw new CodisException(Reason.INVALID_ARGUMENT, where + ": hexadecimal escapes are not read here");
            default -> c;
        };
    }
}
