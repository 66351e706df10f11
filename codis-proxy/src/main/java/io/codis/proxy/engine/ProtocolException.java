package io.codis.proxy.engine;

/** The peer does not speak RESP. The message is what Redis itself would answer, without the leading {@code -ERR}. */
public final class ProtocolException extends Exception {

    public ProtocolException(String message) {
        super(message, null, false, false);
    }
}
