package io.codis.server.engine;

/** The master of a fenced engine: an address that can never be a server (RFC 919, limited broadcast). */
final class Fence {

    static final String HOST = "255.255.255.255";
    static final int PORT = 1;

    private Fence() {}
}
