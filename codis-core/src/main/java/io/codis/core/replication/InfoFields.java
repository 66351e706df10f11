package io.codis.core.replication;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code name:value} lines of INFO in the order of the text; headings and blank lines are dropped. */
public record InfoFields(Map<String, String> values) {

    public static InfoFields parse(String info) {
        var values = new LinkedHashMap<String, String>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#")) {
                values.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        });
        return new InfoFields(Collections.unmodifiableMap(values));
    }

    /** The value, empty when there is no such field. */
    public String text(String name) {
        return values.getOrDefault(name, "");
    }

    /** The field is there and 1. */
    public boolean flag(String name) {
        return text(name).equals("1");
    }

    /**
     * The number, {@code otherwise} when there is no such field.
     *
     * @throws CodisException {@link Reason#INVALID_ARGUMENT} when it is no number
     */
    public long number(String name, long otherwise) {
        String text = text(name);
        return text.isEmpty() ? otherwise : number(name, text);
    }

    /**
     * The number.
     *
     * @throws CodisException {@link Reason#INVALID_ARGUMENT} when there is no such field or it is no number
     */
    public long number(String name) {
        return number(name, text(name));
    }

    static long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "INFO: %s is \"%s\", not a number".formatted(name, text), e);
        }
    }

    /** {@code a=1,b=2} as a map; a part without {@code =} is dropped. */
    static Map<String, String> pairs(String text) {
        var pairs = new LinkedHashMap<String, String>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return pairs;
    }
}
