package io.codis.proxy.backend;

/**
 * A database of a server in one of the two protocols, as a number. Replies are passed on as they are, so a client that speaks RESP3
 * has connections of its own to every server, shared with its like only. Channel 0 is database 0 in RESP2.
 */
public final class Channel {

    private Channel() {}

    public static int of(int database, boolean resp3) {
        return database << 1 | (resp3 ? 1 : 0);
    }

    public static int database(int channel) {
        return channel >> 1;
    }

    public static boolean isResp3(int channel) {
        return (channel & 1) != 0;
    }
}
