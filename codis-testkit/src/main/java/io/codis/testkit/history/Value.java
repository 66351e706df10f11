package io.codis.testkit.history;

import java.util.List;
import java.util.Map;

/** What a key holds, as far as the checker's types need it. Empty collections do not exist: they are absent. */
sealed interface Value {

    Value ABSENT = new Absent();

    record Absent() implements Value {}

    /** A string or a counter. */
    record Text(String text) implements Value {}

    record Items(List<String> items) implements Value {}

    /** A hash, or a sorted set with its scores as values. */
    record Fields(Map<String, String> fields) implements Value {}

    static Value items(List<String> items) {
        return items.isEmpty() ? ABSENT : new Items(List.copyOf(items));
    }

    static Value fields(Map<String, String> fields) {
        return fields.isEmpty() ? ABSENT : new Fields(Map.copyOf(fields));
    }
}
