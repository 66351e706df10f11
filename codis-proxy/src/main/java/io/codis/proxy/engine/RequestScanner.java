package io.codis.proxy.engine;

import java.util.Arrays;

/**
 * Finds one client request and where its arguments lie, in as many pieces as it arrives. The bytes may be moved between
 * two calls; positions are those of the last call's array.
 *
 * <p>Limits and the words of errors are those of Redis 7 ({@code networking.c}): 1048576 items, 512 MiB per item, 64
 * KiB per line; before a login 10 items of 16 KiB.
 */
public final class RequestScanner {

    /** What {@link #scan} found. */
    public enum Found {
        /** A whole request. */
        COMPLETE,
        /** More bytes are needed: at least {@link #need} in all. */
        PARTIAL,
        /** An inline request: a line that does not start with a star; {@link #length} covers its line feed. */
        INLINE,
        /** Nothing to do: an empty line or an array of no items. */
        EMPTY
    }

    private static final int MAX_ITEMS = 1 << 20;
    private static final int MAX_BULK = 512 << 20;
    private static final int MAX_LINE = 64 << 10;
    private static final int MAX_REQUEST = 1 << 30;
    private static final int USUAL_ITEMS = 64;

    private int[] starts = new int[USUAL_ITEMS];
    private int[] lengths = new int[USUAL_ITEMS];
    private int items = -1;
    private int parsed;
    private int at;
    private int bulk = -1;
    private int need = 1;
    private int line;
    private int base;

    /** How many arguments, the command's name included. */
    public int items() {
        return items;
    }

    /** Where argument {@code i} starts. */
    public int start(int i) {
        return starts[i];
    }

    /** How long argument {@code i} is, in bytes. */
    public int length(int i) {
        return lengths[i];
    }

    /** All of {@link #start}; longer than needed, overwritten by the next request. */
    public int[] starts() {
        return starts;
    }

    /** All of {@link #length}; longer than needed, overwritten by the next request. */
    public int[] lengths() {
        return lengths;
    }

    /** How long the whole request is, in bytes. */
    public int length() {
        return at;
    }

    /** How many bytes of the request must be there before another {@link #scan} can find anything new. */
    public int need() {
        return need;
    }

    /** Ready for the next request. */
    public void reset() {
        items = -1;
        parsed = 0;
        at = 0;
        bulk = -1;
        need = 1;
        if (starts.length > 4096) {
            starts = new int[USUAL_ITEMS];
            lengths = new int[USUAL_ITEMS];
        }
    }

    /**
     * Reads on in the request that starts at {@code from}; the bytes up to {@code limit} are there.
     *
     * @param trusted the client has logged in; before that much smaller limits hold
     */
    public Found scan(byte[] bytes, int from, int limit, boolean trusted) throws ProtocolException {
        int there = limit - from;
        if (there < need) {
            return Found.PARTIAL;
        }
        if (from != base) {
            rebase(from);
        }
        if (items < 0) {
            if (bytes[from] != '*') {
                return inline(bytes, from, there);
            }
            long count = number(bytes, from, there, at + 1, "too big mbulk count string", "invalid multibulk length");
            if (count == MISSING) {
                return Found.PARTIAL;
            }
            if (count > MAX_ITEMS) {
                throw new ProtocolException("invalid multibulk length");
            }
            if (!trusted && count > 10) {
                throw new ProtocolException("unauthenticated multibulk length");
            }
            at = line;
            if (count <= 0) {
                return Found.EMPTY;
            }
            items = (int) count;
        }
        return arguments(bytes, from, there, trusted);
    }

    private void rebase(int from) {
        for (int i = 0; i < parsed + (bulk < 0 ? 0 : 1); i++) {
            starts[i] += from - base;
        }
        base = from;
    }

    private Found arguments(byte[] bytes, int from, int there, boolean trusted) throws ProtocolException {
        while (parsed < items) {
            if (bulk < 0) {
                if (at >= there) {
                    need = at + 1;
                    return Found.PARTIAL;
                }
                if (!bulkHeader(bytes, from, there, trusted)) {
                    return Found.PARTIAL;
                }
            }
            if (there - at < bulk + 2) {
                need = at + bulk + 2;
                if (need > MAX_REQUEST || need < 0) {
                    throw new ProtocolException("request of more than 1 GiB");
                }
                return Found.PARTIAL;
            }
            at += bulk + 2;
            bulk = -1;
            parsed++;
        }
        return Found.COMPLETE;
    }

    private boolean bulkHeader(byte[] bytes, int from, int there, boolean trusted) throws ProtocolException {
        byte first = bytes[from + at];
        if (first != '$') {
            throw new ProtocolException("expected '$', got '" + printable(first) + "'");
        }
        long length = number(bytes, from, there, at + 1, "too big bulk count string", "invalid bulk length");
        if (length == MISSING) {
            return false;
        }
        if (length < 0 || length > MAX_BULK) {
            throw new ProtocolException("invalid bulk length");
        }
        if (!trusted && length > 16384) {
            throw new ProtocolException("unauthenticated bulk length");
        }
        if (parsed == starts.length) {
            starts = Arrays.copyOf(starts, Math.min(items, parsed * 4));
            lengths = Arrays.copyOf(lengths, starts.length);
        }
        at = line;
        bulk = (int) length;
        starts[parsed] = from + at;
        lengths[parsed] = bulk;
        return true;
    }

    private static final long MISSING = Long.MIN_VALUE;

    /** The number in the line at {@code position}; {@link #line} is then the position behind its line feed. */
    private long number(byte[] bytes, int from, int there, int position, String tooLong, String wrong)
            throws ProtocolException {
        int i = from + position;
        int end = from + there;
        boolean negative = i < end && bytes[i] == '-';
        if (negative) {
            i++;
        }
        int first = i;
        long value = 0;
        while (i < end) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = value * 10 + digit;
            i++;
            if (i - first > 18) {
                throw new ProtocolException(i - from - position > MAX_LINE ? tooLong : wrong);
            }
        }
        if (i + 1 >= end) {
            if (i < end && bytes[i] != '\r') {
                throw new ProtocolException(wrong);
            }
            need = there + 1;
            return MISSING;
        }
        boolean padded = i > first && bytes[first] == '0' && (negative || i - first > 1); // A server would hang up.
        if (i == first || padded || bytes[i] != '\r' || bytes[i + 1] != '\n') {
            throw new ProtocolException(wrong);
        }
        line = i + 2 - from;
        return negative ? -value : value;
    }

    private Found inline(byte[] bytes, int from, int there) throws ProtocolException {
        for (int i = Math.max(0, need - 1); i < there; i++) {
            if (bytes[from + i] == '\n') {
                at = i + 1;
                return at == 1 || (at == 2 && bytes[from] == '\r') ? Found.EMPTY : Found.INLINE;
            }
        }
        if (there > MAX_LINE) {
            throw new ProtocolException("too big inline request");
        }
        need = there + 1;
        return Found.PARTIAL;
    }

    private static String printable(byte b) {
        return b >= ' ' && b < 127 ? String.valueOf((char) b) : "\\x" + Integer.toHexString(b & 0xff);
    }
}
