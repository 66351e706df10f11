package io.codis.core.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A document as it was written: values are still text, and each knows its line (1-based, 0 when it has none). */
public sealed interface SpecTree {

    int line();

    /** What a scalar would be in YAML 1.2 when read without a schema. */
    enum Type {
        TEXT,
        WHOLE,
        DECIMAL,
        BOOL,
        NULL
    }

    record Scalar(int line, Type type, String text) implements SpecTree {}

    /** Entries keep their order; {@code duplicates} are keys that were given again, with that line. */
    record Mapping(int line, Map<String, SpecTree> entries, Map<String, Integer> duplicates) implements SpecTree {

        static Mapping empty(int line) {
            return new Mapping(line, Map.of(), Map.of());
        }
    }

    record Sequence(int line, List<SpecTree> items) implements SpecTree {}

    /** The same without lines: maps, lists, strings, longs, doubles and booleans. A null becomes an empty string. */
    default Object plain() {
        return switch (this) {
            case Scalar scalar -> plainScalar(scalar);
            case Mapping mapping -> {
                var map = new LinkedHashMap<String, Object>();
                mapping.entries().forEach((key, value) -> map.put(key, value.plain()));
                yield map;
            }
            case Sequence sequence -> {
                var list = new ArrayList<>();
                sequence.items().forEach(item -> list.add(item.plain()));
                yield list;
            }
        };
    }

    private static Object plainScalar(Scalar scalar) {
        return switch (scalar.type()) {
            case TEXT -> scalar.text();
            case WHOLE -> wholeOrText(scalar.text());
            case DECIMAL -> decimalOrText(scalar.text());
            case BOOL -> Boolean.valueOf(scalar.text());
            case NULL -> "";
        };
    }

    private static Object wholeOrText(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notDecimal) {
            return text;
        }
    }

    private static Object decimalOrText(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notDecimal) {
            return text;
        }
    }
}
