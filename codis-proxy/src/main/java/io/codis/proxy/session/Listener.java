package io.codis.proxy.session;

import io.codis.proxy.engine.Loop;
import io.codis.proxy.plane.DataPlaneSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket that clients connect to, served by the first loop; clients are dealt out to the loops in turn.
 *
 * <p>Its address is taken from the beginning, but until the proxy is online nobody listens there: a client is refused by
 * the kernel and tries the next proxy, where an error reply, or silence, would be taken for the answer of a working one
 * (docs/decisions/0018).
 */
final class Listener implements Loop.Acceptor {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int AT_ONCE = 64;
    private static final int BACKLOG = 1024;

    private final DataPlaneSettings settings;
    private final List<Worker> workers;
    private final SocketChannel reserved;
    private final InetSocketAddress address;
    private final AtomicLong alive;
    private final Meter meter;
    private volatile @Nullable ServerSocketChannel channel;
    private boolean closed;
    private int next;
    private volatile boolean online;

    Listener(DataPlaneSettings settings, List<Worker> workers, AtomicLong alive, Meter meter) throws IOException {
        this.settings = settings;
        this.workers = workers;
        this.alive = alive;
        this.meter = meter;
        this.reserved = SocketChannel.open();
        try {
            // What Linux needs to let the listening socket, which has it too, bind beside this one.
            reserved.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            reserved.bind(settings.listen());
            this.address = (InetSocketAddress) reserved.getLocalAddress();
        } catch (IOException e) {
            reserved.close();
            throw e;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** Returns when clients can connect. */
    synchronized void goOnline() throws IOException {
        if (online || closed) {
            return;
        }
        ServerSocketChannel opened = ServerSocketChannel.open();
        try {
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            opened.bind(address, BACKLOG);
            opened.configureBlocking(false);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        channel = opened;
        online = true;
        Loop loop = workers.getFirst().loop;
        loop.execute(() -> listen(loop, opened));
    }

    private void listen(Loop loop, ServerSocketChannel opened) {
        try {
            loop.listen(opened, this);
        } catch (IOException e) {
            LOG.debug("event=closed-before-it-listened why=\"{}\"", e.getMessage());
        }
    }

    boolean online() {
        return online;
    }

    @Override
    public void accept() {
        acceptSome(AT_ONCE);
    }

    /** Returns whether there may be more. */
    private boolean acceptSome(int most) {
        ServerSocketChannel open = channel;
        try {
            for (int i = 0; open != null && i < most; i++) {
                SocketChannel client = open.accept();
                if (client == null) {
                    return false;
                }
                welcome(client);
            }
            return open != null;
        } catch (ClosedChannelException e) {
            LOG.debug("event=listener-closed");
        } catch (IOException e) {
            LOG.warn("event=accept-failed why=\"{}\"", e.getMessage());
        }
        return false;
    }

    private void welcome(SocketChannel client) {
        if (alive.get() >= settings.clients().max()) {
            turnAway(client, "ERR max number of clients reached");
        } else {
            alive.incrementAndGet();
            meter.accepted();
            Worker worker = workers.get(next++ % workers.size());
            worker.loop.execute(() -> worker.accept(client));
        }
    }

    /** A new socket's buffer is empty, so the line fits; a client that has hung up already does not matter. */
    private static void turnAway(SocketChannel client, String why) {
        try (client) {
            client.configureBlocking(false);
            client.write(ByteBuffer.wrap(Replies.error(why)));
        } catch (IOException e) {
            LOG.debug("event=turn-away-failed why=\"{}\"", e.getMessage());
        }
    }

    /** Clients that the kernel has connected already are let in first, since it would reset them; {@code then} follows. */
    void close(Runnable then) {
        workers.getFirst().loop.execute(() -> {
            int portions = BACKLOG / AT_ONCE;
            while (acceptSome(AT_ONCE) && --portions > 0) {
                // until nobody waits at the door
            }
            end();
            then.run();
        });
    }

    /** Closes at once. */
    synchronized void end() {
        closed = true;
        try {
            ServerSocketChannel open = channel;
            if (open != null) {
                open.close();
            }
            reserved.close();
        } catch (IOException e) {
            LOG.warn("event=close-failed why=\"{}\"", e.getMessage());
        }
    }
}
