package io.codis.proxy.session;

import io.codis.proxy.engine.Loop;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** What has come from a client and is not a whole request yet. A connection without such bytes holds no memory. */
final class Collected {

    private static final byte[] NONE = {};

    private final Worker worker;
    private byte[] bytes = NONE;
    private int size;

    Collected(Worker worker) {
        this.worker = worker;
    }

    int size() {
        return size;
    }

    /** Keeps {@code source[from, limit)}; the array itself when it begins there and is nobody else's. */
    void keep(byte[] source, int from, int limit) {
        boolean own = from == 0 && source != worker.loop.in();
        bytes = own ? source : Arrays.copyOfRange(source, from, limit);
        size = limit - from;
        worker.collected += bytes.length;
    }

    /** Gives all away; {@link #size} is to be asked for first. */
    byte[] take() {
        byte[] taken = bytes;
        clear();
        return taken;
    }

    void clear() {
        worker.collected -= bytes.length;
        bytes = NONE;
        size = 0;
    }

    /** Grows to what is known to come. False when the proxy has no memory for that: running out would end everybody's. */
    boolean makeRoom(int need) {
        if (bytes.length - size < Loop.READ && bytes.length < need) {
            return grow(Math.min(Math.max(bytes.length * 2L, 4L * Loop.READ), need));
        }
        return bytes.length > size || grow(bytes.length * 2L);
    }

    private boolean grow(long length) {
        if (!worker.hasRoomFor(length)) {
            return false;
        }
        worker.collected -= bytes.length;
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, Integer.MAX_VALUE - 16));
        worker.collected += bytes.length;
        return true;
    }

    /** As {@link Loop#read}. */
    int readFrom(SocketChannel socket) throws IOException {
        int count = worker.loop.read(socket, bytes, size, bytes.length - size);
        size += Math.max(0, count);
        return count;
    }
}
