package io.codis.core.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * All keys of one configuration file, in the order of its sections, and what must hold between them.
 *
 * @param title first line of the printed default
 */
public record Schema(String title, List<Section> sections, List<Function<Settings, Optional<Conflict>>> rules) {

    /** Keys that belong together. */
    public record Section(String title, List<Key<?>> keys) {

        static Section of(String title, Key<?>... keys) {
            return new Section(title, List.of(keys));
        }
    }

    /** Fit values that do not fit together. */
    public record Conflict(Key<?> key, String problem) {}

    /** In the order of the sections. */
    public List<Key<?>> keys() {
        return sections.stream()
                .<Key<?>>flatMap(section -> section.keys().stream())
                .toList();
    }

    /** The key of that name. */
    public Optional<Key<?>> key(String name) {
        return keys().stream()
                .<Key<?>>map(key -> key)
                .filter(key -> key.name().equals(name))
                .findFirst();
    }

    /** A configuration file with every key at its default, commented. */
    public String defaultText() {
        var text = new StringBuilder("# ").append(title).append('\n');
        for (Section section : sections) {
            text.append("\n#### ").append(section.title()).append("\n");
            section.keys().forEach(key -> append(text, key));
        }
        return text.toString();
    }

    private static <T> void append(StringBuilder text, Key<T> key) {
        text.append('\n');
        for (String line : key.comment().split("\n", -1)) {
            text.append("# ").append(line).append('\n');
        }
        text.append(key.name())
                .append(" = ")
                .append(key.kind().toml(key.fallback()))
                .append('\n');
    }
}
