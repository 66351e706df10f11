package io.codis.core.command;

import org.jspecify.annotations.Nullable;

/** What a call of a served command must not say, because it would reach beyond its slot or hold a shared connection. */
enum Limit {
    /** Nothing to look at. */
    NONE(""),
    /** XREAD and XREADGROUP wait with BLOCK. */
    NO_BLOCK("with BLOCK it needs a connection of its own at a server, which the proxy does not give yet"),
    /** SORT reads keys made from patterns, in any slot. */
    NO_PATTERN("BY and GET patterns read keys of other slots; sort without them and read the values with MGET"),
    /** COPY into another database: a move of the slot does not see that key. */
    NO_DB("option DB reaches into another database; DUMP the key and RESTORE it there"),
    /** A script names the keys that it uses. */
    SOME_KEY("a script must name at least one key, so that its place is known");

    private final String why;

    Limit(String why) {
        this.why = why;
    }

    /** Why this call is not served, or null when it is. */
    @Nullable
    String objection(Keys keys, byte[] buf, int[] at, int[] len, int args) {
        boolean beyond = switch (this) {
            case NONE -> false;
            case NO_BLOCK -> blocks(buf, at, len, args);
            case NO_PATTERN -> patterns(buf, at, len, args);
            case NO_DB -> otherDatabase(buf, at, len, args);
            case SOME_KEY -> keys.count(buf, at, len, args) == 0;
        };
        return beyond ? why : null;
    }

    private static boolean blocks(byte[] buf, int[] at, int[] len, int args) {
        for (int i = 1; i < args; i++) {
            if (Words.is(buf, at[i], len[i], Words.BLOCK)) {
                return true;
            }
            int operands = Words.operandsOfRead(buf, at[i], len[i]);
            if (operands < 0) {
                return false;
            }
            i += operands;
        }
        return false;
    }

    /** {@code GET #} is the element itself, and a BY pattern without a star only says "do not sort". */
    private static boolean patterns(byte[] buf, int[] at, int[] len, int args) {
        for (int i = 2; i + 1 < args; i++) {
            boolean get = Words.is(buf, at[i], len[i], Words.GET);
            if (get && !(len[i + 1] == 1 && buf[at[i + 1]] == '#')) {
                return true;
            }
            if (Words.is(buf, at[i], len[i], Words.BY) && star(buf, at[i + 1], len[i + 1])) {
                return true;
            }
            i += Words.operandsOfSort(buf, at[i], len[i]);
        }
        return false;
    }

    private static boolean star(byte[] buf, int from, int len) {
        for (int i = from; i < from + len; i++) {
            if (buf[i] == '*') {
                return true;
            }
        }
        return false;
    }

    private static boolean otherDatabase(byte[] buf, int[] at, int[] len, int args) {
        for (int i = 3; i < args; i++) {
            if (Words.is(buf, at[i], len[i], Words.DB)) {
                return true;
            }
        }
        return false;
    }
}
