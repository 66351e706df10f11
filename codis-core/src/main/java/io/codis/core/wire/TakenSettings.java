package io.codis.core.wire;

import java.util.List;

/**
 * How far a server is with the settings that it sets live.
 *
 * @param digest of the lines that its engine was last asked to have, as {@link io.codis.core.spec.LiveSettings#digest};
 *     an engine that has just started is asked before it gets a role
 * @param refused a sentence for each that was not taken, with name, value and the engine's words
 */
public record TakenSettings(String digest, List<String> refused) {

    /** Of a launcher that sets none live: its engine gets all when it starts. */
    public static final TakenSettings NONE = new TakenSettings("-", List.of());
}
