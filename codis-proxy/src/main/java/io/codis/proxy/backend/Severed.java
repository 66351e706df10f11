package io.codis.proxy.backend;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A connection that broke with writes in flight. The server executes what it had already received, perhaps later: until
 * its end is certain the slots of those writes are not quiet (safety rule 11).
 *
 * @param user the login it had, null without one
 * @param slots that its writes touch
 */
record Severed(long id, String runId, @Nullable String user, BitSet slots) {

    boolean touches(BitSet locked) {
        return slots.intersects(locked);
    }
}
