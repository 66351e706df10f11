package io.codis.proxy.engine;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One socket of a loop. What is appended to {@link #out} leaves at the end of the loop's iteration, once, after
 * {@link #dirty()}.
 */
public abstract class Conn {

    /** So much may leave one connection in one iteration; then others have their turn. */
    private static final long WRITE_BOUND = 1 << 20;

    protected final Loop loop;
    protected final ByteQueue out;
    boolean isDirty;
    private @Nullable SocketChannel socket;
    private @Nullable SelectionKey key;
    private boolean writeWanted;
    private boolean readWanted = true;
    private long lastWritten;

    protected Conn(Loop loop, boolean retains) {
        this.loop = loop;
        this.out = new ByteQueue(loop.pool(), retains);
    }

    /** Attaches a socket that is connected, or connecting when {@code connecting}. */
    protected final void attach(SocketChannel channel, boolean connecting) throws IOException {
        channel.configureBlocking(false);
        socket = channel;
        writeWanted = false;
        readWanted = true;
        lastWritten = loop.now();
        key = channel.register(loop.selector(), connecting ? SelectionKey.OP_CONNECT : SelectionKey.OP_READ, this);
    }

    protected final @Nullable SocketChannel socket() {
        return socket;
    }

    public final boolean isOpen() {
        return socket != null;
    }

    /** Something was appended. */
    public final void dirty() {
        if (!isDirty) {
            isDirty = true;
            loop.addDirty(this, writesFirst());
        }
    }

    /** Servers are flushed before clients, so that they work while replies are written. */
    protected abstract boolean writesFirst();

    /** Bytes are there, or the end of the stream. */
    protected abstract void onReadable() throws IOException;

    /** The connection was made; called once, only for a socket attached while connecting. */
    protected void onConnected() throws IOException {}

    /** A flush has moved bytes. */
    protected void onWritten() {}

    /** Whether {@link #out} may leave now; a server's login comes first. */
    protected boolean mayWrite() {
        return true;
    }

    /** The socket failed or the peer has hung up. Must end in {@link #detach}. */
    protected abstract void onBroken(String why);

    final void ready(int ops) {
        try {
            if ((ops & SelectionKey.OP_CONNECT) != 0) {
                SocketChannel channel = socket;
                if (channel != null && channel.finishConnect()) {
                    interest(SelectionKey.OP_READ);
                    onConnected();
                }
                return;
            }
            if ((ops & SelectionKey.OP_WRITE) != 0) {
                dirty();
            }
            if ((ops & SelectionKey.OP_READ) != 0) {
                onReadable();
            }
        } catch (IOException e) {
            onBroken(reason(e));
        } catch (CancelledKeyException e) {
            onBroken("closed");
        } catch (RuntimeException e) {
            loop.defect(this, e);
            onBroken("internal error");
        } catch (OutOfMemoryError e) {
            onBroken("out of memory");
        }
    }

    final void flush() {
        SocketChannel channel = socket;
        if (channel == null || !mayWrite() || out.unsent() == 0) {
            return;
        }
        try {
            long before = out.sent();
            boolean took = out.writeTo(channel, loop.staging(), WRITE_BOUND);
            if (out.sent() > before) {
                lastWritten = loop.now();
                onWritten();
            }
            if (socket != null) {
                wantWrite(!took || out.unsent() > 0);
            }
        } catch (IOException e) {
            onBroken(reason(e));
        } catch (CancelledKeyException e) {
            onBroken("closed");
        }
    }

    /** For how long (ns) the peer has not taken a byte although some wait; 0 when none do. */
    public final long stalledFor() {
        return writeWanted ? loop.now() - lastWritten : 0;
    }

    private void wantWrite(boolean wanted) {
        if (wanted != writeWanted) {
            writeWanted = wanted;
            interest();
        }
    }

    /** Whether the peer's bytes are wanted now; not reading is how a loop pushes back. */
    protected final void wantRead(boolean wanted) {
        if (wanted != readWanted) {
            readWanted = wanted;
            interest();
        }
    }

    protected final boolean readWanted() {
        return readWanted;
    }

    private void interest() {
        interest((readWanted ? SelectionKey.OP_READ : 0) | (writeWanted ? SelectionKey.OP_WRITE : 0));
    }

    private void interest(int ops) {
        SelectionKey k = key;
        if (k != null && k.isValid()) {
            k.interestOps(ops);
        }
    }

    /** Closes the socket, if any. The queue is left as it is. */
    protected final void detach() {
        SocketChannel channel = socket;
        socket = null;
        SelectionKey k = key;
        key = null;
        writeWanted = false;
        if (k != null) {
            k.cancel();
        }
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                loop.note("close failed: " + e.getMessage());
            }
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
