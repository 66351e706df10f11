package io.codis.infra.redis;

import java.util.LinkedHashMap;
import java.util.Map;

/** The text of INFO: sections of {@code name:value} lines. */
public final class InfoText {

    private InfoText() {}

    /** All fields in the order of the text; headings and blank lines are dropped. */
    public static Map<String, String> fields(String info) {
        var fields = new LinkedHashMap<String, String>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#")) {
                fields.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
        });
        return fields;
    }
}
