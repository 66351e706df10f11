package io.codis.testkit.history;

import org.jspecify.annotations.Nullable;

/**
 * Something that must not happen to a key. A key is reported once; it is not looked at again.
 *
 * @param where what showed it: the reply to a write, a read beside the writes, or the last look at all keys
 * @param at milliseconds since 1970
 * @param window the acknowledged writes whose loss alone explains what was seen, null if no such loss does
 */
public record Violation(
        Kind kind,
        Where where,
        String key,
        int slot,
        long at,
        String detail,
        @Nullable Window window) {

    /** What is wrong. */
    public enum Kind {
        /** An acknowledged write is gone. */
        LOST,
        /** A write took effect more than once. */
        DUPLICATED,
        /** A read returned less than had been acknowledged before it was asked. */
        STALE,
        /** Something deleted, expired or overwritten is there again. */
        REVIVED,
        /** Writes took effect in another order than they were sent in. */
        REORDERED,
        /** A time to live is wrong by more than a second. */
        TTL,
        /** A value that was never written to this key. */
        FOREIGN
    }

    /** Where it showed. */
    public enum Where {
        REPLY,
        READ,
        END
    }

    /** When the first and the last of the lost writes were acknowledged, milliseconds since 1970. */
    public record Window(long first, long last) {}
}
