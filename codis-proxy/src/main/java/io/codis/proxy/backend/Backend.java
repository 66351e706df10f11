package io.codis.proxy.backend;

import io.codis.core.wire.Credentials;
import io.codis.proxy.engine.Conn;
import io.codis.proxy.engine.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one database of one server. Commands may be given only while it {@link #takes} them; each is
 * answered, or told that the connection is lost, in the order in which they were given.
 */
public final class Backend extends Conn {

    private enum State {
        DOWN,
        CONNECTING,
        LOGIN,
        READY,
        RETIRED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);
    private static final long FIRST_PAUSE = 10_000_000L;
    private static final long LONGEST_PAUSE = 1_000_000_000L;
    private static final long CONNECT_TIMEOUT = 3_000_000_000L;

    private final Server server;
    private final int channel;
    private final InFlight flight = new InFlight(this, out);
    private final int most;
    private final long mostBytes;
    private State state = State.DOWN;
    private boolean ready;
    private @Nullable Login login;
    private @Nullable Credentials credentials;
    private long id = -1;
    private String runId = "";
    private long pause = FIRST_PAUSE;
    private long since;
    private long lastReply = loop.now();
    private int failures;
    private long downSince = loop.now();
    private String problem = "";

    Backend(Server server, int channel) {
        super(server.backends.loop, true);
        this.server = server;
        this.channel = channel;
        this.most = server.backends.settings.pipeline();
        this.mostBytes = server.backends.settings.bytes();
    }

    public Server server() {
        return server;
    }

    /** Logged in. */
    public boolean isReady() {
        return ready;
    }

    /** Whether a command may be given: logged in, and not more in flight than the server can answer soon. */
    public boolean takes() {
        return ready && flight.size() < most && out.held() < mostBytes;
    }

    /** How many commands have been given and not answered. */
    public int inFlight() {
        return flight.size();
    }

    /** Whether a command in flight names keys of one of these slots. */
    boolean busyOn(BitSet slots) {
        return flight.busyOn(slots);
    }

    /** Nanoseconds that the oldest command in flight has waited; 0 without one. */
    public long waitingFor() {
        return loop.now() - flight.oldest(loop.now());
    }

    /** Failed connects, logins and broken connections in a row. */
    public int failures() {
        return failures;
    }

    /** Nanoseconds since it was last usable, 0 while it is. */
    public long downFor() {
        return ready ? 0 : loop.now() - downSince;
    }

    /** What went wrong last, empty while usable. */
    public String problem() {
        return ready ? "" : problem;
    }

    /** Gives a command; its bytes are copied. */
    public void give(Pending pending, byte[] bytes, int from, int size) {
        flight.add(pending, out.append(bytes, from, size), size, loop.now());
        dirty();
    }

    /** Gives a big command whose bytes nobody else uses any more. */
    public void giveAway(Pending pending, byte[] bytes, int from, int size) {
        flight.add(pending, out.adopt(bytes, from, size), size, loop.now());
        dirty();
    }

    /** The loop's read buffer, which nobody may hold on to. */
    public byte[] shared() {
        return loop.in();
    }

    /** The command's bytes; only until its reply has been delivered. */
    public byte[] bytesOf(Pending pending) {
        return out.copy(pending.start, pending.length);
    }

    /** The oldest command was turned away without being executed. */
    public void rejected() {
        flight.rejected();
    }

    @Override
    protected boolean writesFirst() {
        return true;
    }

    @Override
    protected boolean mayWrite() {
        return ready;
    }

    void connect() {
        if (state != State.DOWN) {
            return;
        }
        state = State.CONNECTING;
        since = loop.now();
        server.resolve(this::open);
    }

    private void open(@Nullable InetSocketAddress address) {
        if (state != State.CONNECTING || isOpen()) {
            return;
        }
        if (address == null) {
            failed("unknown host");
            return;
        }
        try {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            boolean connected = channel.connect(address);
            attach(channel, !connected);
            if (connected) {
                onConnected();
            }
        } catch (IOException e) {
            onBroken(String.valueOf(e.getMessage()));
        }
    }

    @Override
    protected void onConnected() throws IOException {
        state = State.LOGIN;
        credentials = server.backends.credentials();
        say(Login.enter(credentials, channel));
    }

    private void say(Login next) throws IOException {
        login = next;
        SocketChannel channel = socket();
        ByteBuffer request = ByteBuffer.wrap(next.request());
        if (channel == null || channel.write(request) == 0 || request.hasRemaining()) {
            throw new IOException("the login does not fit a new socket's buffer");
        }
    }

    @Override
    protected void onReadable() throws IOException {
        SocketChannel channel = socket();
        if (channel == null) {
            return;
        }
        byte[] in = loop.in();
        int count = loop.read(channel, in, 0, in.length);
        if (count < 0) {
            onBroken("the server closed the connection");
            return;
        }
        try {
            if (state == State.READY && count > 0) {
                lastReply = loop.now();
                flight.take(in, 0, count);
            } else if (login instanceof Login open && count > 0) {
                open.take(in, 0, count);
                if (open.isDone()) {
                    loggedIn(open);
                }
            }
        } catch (ProtocolException e) {
            onBroken(String.valueOf(e.getMessage()));
        }
    }

    private void loggedIn(Login done) throws IOException {
        String refusal = done.refusal();
        if (refusal != null) {
            if (refusal.startsWith("WRONGPASS")) {
                server.userUnknown(credentials);
            }
            onBroken("login refused: " + refusal);
            return;
        }
        if (done.killing().isEmpty()) {
            id = done.id();
            runId = done.runId();
            server.found(runId);
            List<Long> earlier = server.severedAt(runId);
            if (!earlier.isEmpty()) {
                say(Login.kill(earlier));
                return;
            }
        } else if (done.killed()) {
            server.ended(runId, done.killing());
        }
        begin();
    }

    private void begin() {
        login = null;
        state = State.READY;
        ready = true;
        pause = FIRST_PAUSE;
        failures = 0;
        lastReply = loop.now();
        LOG.debug("event=backend-ready server={} db={}", server, Channel.database(channel));
        server.backends.ready(server);
    }

    @Override
    protected void onBroken(String why) {
        if (state == State.RETIRED) {
            return;
        }
        boolean news = ready || !why.equals(problem);
        if (state == State.CONNECTING && why.equals(Server.REFUSED)) {
            server.refused();
        }
        sever();
        reset();
        if (news) {
            int lost = flight.size();
            int db = Channel.database(channel);
            LOG.info("event=backend-broken server={} db={} inFlight={} why=\"{}\"", server, db, lost, why);
        }
        failed(why);
    }

    private void reset() {
        detach();
        if (ready) {
            downSince = loop.now();
        }
        ready = false;
        login = null;
        flight.reset();
    }

    private void failed(String why) {
        state = State.DOWN;
        failures++;
        problem = why;
        flight.lost(why);
        loop.after(pause, this::connectIfWanted);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
    }

    private void connectIfWanted() {
        if (state == State.DOWN && server.isWanted()) {
            connect();
        }
    }

    private void sever() {
        BitSet slots = flight.writesSent();
        if (!slots.isEmpty()) {
            String user = credentials == null ? null : credentials.user();
            server.sever(new Severed(id, runId, user, slots));
        }
    }

    /** The login has changed. */
    void restart(String why) {
        if (state == State.RETIRED) {
            return;
        }
        if (state != State.DOWN) {
            reset();
            failed(why);
        }
        pause = FIRST_PAUSE;
        connect();
    }

    /** Ends it for good; what is in flight is told. */
    public void retire() {
        if (state != State.RETIRED) {
            sever();
            reset();
            failed("the connection is no longer needed");
            state = State.RETIRED;
            server.forget(this);
        }
    }

    void tick() {
        long limit = server.backends.settings.recvTimeout();
        if (ready) {
            if (limit > 0 && waitingFor() > limit) {
                onBroken("no reply for " + limit / 1_000_000 + " ms");
                return;
            }
            long period = server.backends.settings.pingPeriod();
            if (period > 0 && flight.size() == 0 && loop.now() - lastReply > period) {
                give(new Ping(), Ping.COMMAND, 0, Ping.COMMAND.length);
            }
        } else if ((state == State.CONNECTING || state == State.LOGIN) && loop.now() - since > CONNECT_TIMEOUT) {
            onBroken("no connection within 3 s");
        }
    }

    @Override
    public String toString() {
        return server.address() + "/" + Channel.database(channel);
    }
}
