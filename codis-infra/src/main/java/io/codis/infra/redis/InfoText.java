package io.codis.infra.redis;

import io.codis.core.replication.InfoFields;
import java.util.Map;

/** The text of INFO as a map, for fields that {@link io.codis.core.replication.EngineInfo} has no name for. */
public final class InfoText {

    private InfoText() {}

    /** All {@code name:value} lines in the order of the text. */
    public static Map<String, String> fields(String info) {
        return InfoFields.parse(info).values();
    }
}
