package io.codis.proxy.backend;

import java.util.BitSet;

/** A sign of life. */
final class Ping extends Pending {

    static final byte[] COMMAND = Login.command("PING");

    @Override
    protected void onReply(byte[] bytes, int from, int size, boolean last) {}

    @Override
    protected void onError(Backend backend, byte[] bytes, int from, int size) {}

    @Override
    protected void onLost(Backend backend, boolean sent, String why) {}

    @Override
    protected boolean mayWrite() {
        return false;
    }

    @Override
    protected void addSlotsTo(BitSet slots) {}
}
