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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening socket, served by the first loop; clients are dealt out to the loops in turn. */
final class Listener implements Loop.Acceptor {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int AT_ONCE = 64;
    private static final int BACKLOG = 1024;

    private final DataPlaneSettings settings;
    private final List<Worker> workers;
    private final ServerSocketChannel channel;
    private final AtomicLong alive;
    private final Meter meter;
    private int next;
    private volatile boolean online;

    Listener(DataPlaneSettings settings, List<Worker> workers, AtomicLong alive, Meter meter) throws IOException {
        this.settings = settings;
        this.workers = workers;
        this.alive = alive;
        this.meter = meter;
        this.channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(settings.listen(), BACKLOG);
            channel.configureBlocking(false);
            workers.getFirst().loop.listen(channel, this);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    InetSocketAddress address() {
        try {
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException("the listening socket is closed", e);
        }
    }

    void goOnline() {
        online = true;
    }

    boolean online() {
        return online;
    }

    @Override
    public void accept() {
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                SocketChannel client = channel.accept();
                if (client == null) {
                    return;
                }
                welcome(client);
            }
        } catch (ClosedChannelException e) {
            LOG.debug("event=listener-closed");
        } catch (IOException e) {
            LOG.warn("event=accept-failed why=\"{}\"", e.getMessage());
        }
    }

    private void welcome(SocketChannel client) {
        if (!online) {
            turnAway(client, "ERR router is not online");
        } else if (alive.get() >= settings.clients().max()) {
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

    void close() {
        online = false;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("event=close-failed why=\"{}\"", e.getMessage());
        }
        workers.getFirst().loop.execute(() -> {});
    }
}
