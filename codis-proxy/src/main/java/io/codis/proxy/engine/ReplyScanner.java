package io.codis.proxy.engine;

/**
 * Finds where a server's reply ends, whatever is in it, in as many pieces as it arrives. It counts elements and bytes
 * and builds nothing.
 *
 * <p>Source: the RESP2 and RESP3 specifications of redis.io. Streamed RESP3 types, which no server sends, are refused.
 */
public final class ReplyScanner {

    private static final int TYPE = 0;
    private static final int LINE = 1;
    private static final int NUMBER = 2;
    private static final int FEED = 3;
    private static final int BULK = 4;
    private static final long MOST = 1L << 40;

    private int state = TYPE;
    private long elements = 1;
    private long bulk;
    private long number;
    private int digits;
    private boolean negative;
    private byte type;
    private boolean complete = true;

    /** Whether the last {@link #scan} ended at the end of a reply. */
    public boolean complete() {
        return complete;
    }

    /**
     * Reads on in {@code bytes[from, limit)}.
     *
     * @return the position behind the last byte that belongs to the reply; {@code limit} unless the reply is complete
     * @throws ProtocolException when this is no reply; the connection cannot be used any more
     */
    public int scan(byte[] bytes, int from, int limit) throws ProtocolException {
        complete = false;
        int at = from;
        while (at < limit) {
            switch (state) {
                case TYPE -> start(bytes[at++]);
                case LINE -> at = line(bytes, at, limit);
                case NUMBER -> at = digits(bytes, at, limit);
                case FEED -> {
                    if (bytes[at++] != '\n') {
                        throw new ProtocolException("a reply's length does not end with CRLF");
                    }
                    header();
                }
                case BULK -> {
                    long part = Math.min(bulk, limit - at);
                    at += (int) part;
                    bulk -= part;
                    if (bulk == 0) {
                        end();
                    }
                }
                default -> throw new IllegalStateException();
            }
            if (complete) {
                return at;
            }
        }
        return at;
    }

    private void start(byte first) throws ProtocolException {
        type = first;
        switch (first) {
            case '+', '-', ':', '_', '#', ',', '(' -> state = LINE;
            case '$', '*', '!', '=', '%', '~', '>', '|' -> {
                state = NUMBER;
                number = 0;
                digits = 0;
                negative = false;
            }
            default -> throw new ProtocolException("a reply starts with byte " + (first & 0xff));
        }
    }

    private int line(byte[] bytes, int from, int limit) {
        for (int at = from; at < limit; at++) {
            if (bytes[at] == '\n') {
                end();
                return at + 1;
            }
        }
        return limit;
    }

    private int digits(byte[] bytes, int from, int limit) throws ProtocolException {
        int at = from;
        long value = number;
        while (at < limit) {
            byte b = bytes[at++];
            if (b >= '0' && b <= '9' && value < MOST) {
                value = value * 10 + (b - '0');
                digits++;
            } else if (b == '\r' && digits > 0) {
                state = FEED;
                break;
            } else if (b == '-' && digits == 0 && !negative) {
                negative = true;
            } else {
                throw new ProtocolException("a reply's length has byte " + (b & 0xff));
            }
        }
        number = value;
        return at;
    }

    private void header() {
        if (type == '$' || type == '!' || type == '=') {
            if (negative) {
                end();
            } else {
                bulk = number + 2;
                state = BULK;
            }
            return;
        }
        if (!negative) {
            elements += type == '%' ? 2 * number : type == '|' ? 2 * number + 1 : number;
        }
        end();
    }

    private void end() {
        state = TYPE;
        if (--elements == 0) {
            elements = 1;
            complete = true;
        }
    }

    /** Ready for a new connection. */
    public void reset() {
        state = TYPE;
        elements = 1;
        complete = true;
    }
}
