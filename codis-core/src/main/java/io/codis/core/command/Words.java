package io.codis.core.command;

import java.nio.charset.StandardCharsets;

/** Words and numbers inside a request, read where they lie. */
final class Words {

    static final byte[] STORE = word("store");
    static final byte[] STOREDIST = word("storedist");
    static final byte[] STREAMS = word("streams");
    static final byte[] KEYS = word("keys");
    static final byte[] AUTH = word("auth");
    static final byte[] AUTH2 = word("auth2");
    static final byte[] BLOCK = word("block");
    static final byte[] BY = word("by");
    static final byte[] GET = word("get");
    static final byte[] DB = word("db");
    private static final byte[] COUNT = word("count");
    private static final byte[] GROUP = word("group");
    private static final byte[] NOACK = word("noack");
    private static final byte[] LIMIT = word("limit");

    private Words() {}

    private static byte[] word(String lower) {
        return lower.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the bytes are {@code lower}, in any case of its letters. */
    static boolean is(byte[] buf, int from, int len, byte[] lower) {
        if (len != lower.length) {
            return false;
        }
        for (int i = 0; i < len; i++) {
            if (lower(buf[from + i]) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    /** A number of keys as the engines read it: digits alone, no leading zero; -1 for anything else or too large. */
    static int number(byte[] buf, int from, int len) {
        if (len < 1 || len > 8 || (len > 1 && buf[from] == '0')) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < from + len; i++) {
            int digit = buf[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** How many operands of SORT's option to skip, so that {@code GET store} is not taken for a destination. */
    static int operandsOfSort(byte[] buf, int from, int len) {
        if (is(buf, from, len, LIMIT)) {
            return 2;
        }
        return is(buf, from, len, BY) || is(buf, from, len, GET) ? 1 : 0;
    }

    /** How many operands an option of XREAD or XREADGROUP has; -1 when it is none of their options. */
    static int operandsOfRead(byte[] buf, int from, int len) {
        if (is(buf, from, len, COUNT) || is(buf, from, len, BLOCK)) {
            return 1;
        }
        if (is(buf, from, len, GROUP)) {
            return 2;
        }
        return is(buf, from, len, NOACK) ? 0 : -1;
    }
}
