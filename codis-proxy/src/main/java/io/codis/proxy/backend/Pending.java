package io.codis.proxy.backend;

import java.util.BitSet;

/** What waits for the reply to a command that was given to a {@link Backend}. */
public abstract class Pending {

    long start;
    int length;
    long givenAt;

    /**
     * The next piece of the reply. Not called for error replies.
     *
     * @param bytes the loop's shared buffer: copy what is to be kept
     * @param last the reply ends with this piece
     */
    protected abstract void onReply(byte[] bytes, int from, int size, boolean last);

    /** The whole reply is an error; {@code bytes[from, from + size)} is its line from the minus to the line feed. */
    protected abstract void onError(Backend backend, byte[] bytes, int from, int size);

    /**
     * The connection is gone. {@link Backend#bytesOf} still has the command.
     *
     * @param sent some of its bytes have reached the socket, so the server may have executed it
     */
    protected abstract void onLost(Backend backend, boolean sent, String why);

    /** A lost command of this kind may have changed data. */
    protected abstract boolean mayWrite();

    /** Adds the slots whose keys it names. */
    protected abstract void addSlotsTo(BitSet slots);

    /** Whether it names keys of one of these slots. */
    public boolean touches(BitSet slots) {
        BitSet own = new BitSet();
        addSlotsTo(own);
        return own.intersects(slots);
    }

    /**
     * Another command was turned away on this connection. Returns true when this one, whose reply begins now, must come
     * after that one and can: its reply is then dropped and {@link #onOvertaken} follows.
     */
    protected boolean mustFollowRejected() {
        return false;
    }

    /** The reply was dropped because of {@link #mustFollowRejected}. */
    protected void onOvertaken(Backend backend) {}
}
