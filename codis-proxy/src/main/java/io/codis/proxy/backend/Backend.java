package io.codis.proxy.backend;

import io.codis.core.wire.Credentials;
import io.codis.proxy.engine.Conn;
import io.codis.proxy.engine.ProtocolException;
import io.codis.proxy.engine.ReplyScanner;
import java.io.ByteArrayOutputStream;
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
 * One connection to one database of one server. Commands may be given only while {@link #isReady}; each is answered,
 * or told that the connection is lost, in the order in which they were given.
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
    private static final int ERROR_BOUND = 64 << 10;

    private final Server server;
    private final int database;
    private final Ring ring = new Ring();
    private final ReplyScanner scanner = new ReplyScanner();
    private final ByteArrayOutputStream errorLine = new ByteArrayOutputStream();
    private final int most;
    private State state = State.DOWN;
    private boolean ready;
    private boolean dropping;
    private boolean rejected;
    private @Nullable Login login;
    private @Nullable Credentials credentials;
    private List<Long> killing = List.of();
    private long id = -1;
    private String runId = "";
    private long pause = FIRST_PAUSE;
    private long since;
    private long lastReply;
    private int failures;
    private long downSince = loop.now();
    private String problem = "";

    Backend(Server server, int database) {
        super(server.backends.loop, true);
        this.server = server;
        this.database = database;
        this.most = server.backends.settings.pipeline();
        this.lastReply = loop.now();
    }

    public Server server() {
        return server;
    }

    /** Logged in: commands given now leave with the next flush. */
    public boolean isReady() {
        return ready;
    }

    /** Whether a command may be given: logged in, and not more in flight than the server can be expected to answer soon. */
    public boolean takes() {
        return ready && ring.size() < most;
    }

    /** How many commands have been given and not answered. */
    public int inFlight() {
        return ring.size();
    }

    /** Whether a command in flight names keys of one of these slots. */
    boolean busyOn(BitSet slots) {
        for (int i = 0; i < ring.size(); i++) {
            Pending pending = ring.at(i);
            if (pending != null && pending.touches(slots)) {
                return true;
            }
        }
        return false;
    }

    /** Nanoseconds since the last byte of a reply. */
    public long lastReplyAge() {
        return loop.now() - lastReply;
    }

    /** Nanoseconds that the oldest command in flight has waited; 0 without one. */
    public long waitingFor() {
        Pending first = ring.first();
        return first == null ? 0 : loop.now() - first.givenAt;
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
        pending.start = out.append(bytes, from, size);
        pending.length = size;
        pending.givenAt = loop.now();
        ring.add(pending);
        dirty();
    }

    /** The loop's read buffer, which nobody may hold on to. */
    public byte[] shared() {
        return loop.in();
    }

    /** Gives a big command whose bytes nobody else uses any more. */
    public void giveAway(Pending pending, byte[] bytes, int from, int size) {
        pending.start = out.adopt(bytes, from, size);
        pending.length = size;
        pending.givenAt = loop.now();
        ring.add(pending);
        dirty();
    }

    /** The command's bytes; only until its reply has been delivered. */
    public byte[] bytesOf(Pending pending) {
        return out.copy(pending.start, pending.length);
    }

    /** A command was turned away without being executed; those behind it may want to come after it. */
    public void rejected() {
        rejected = ring.size() > 1;
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
            failed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    protected void onConnected() throws IOException {
        state = State.LOGIN;
        credentials = server.backends.credentials();
        killing = server.severedIds();
        Login begun = new Login(credentials, database, killing);
        login = begun;
        SocketChannel channel = socket();
        ByteBuffer request = ByteBuffer.wrap(begun.request());
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
            int at = 0;
            Login open = login;
            if (open != null && count > 0) {
                at = open.take(in, 0, count);
                if (open.isDone()) {
                    loggedIn(open);
                }
            }
            if (state == State.READY && at < count) {
                replies(in, at, count);
            }
        } catch (ProtocolException e) {
            onBroken(String.valueOf(e.getMessage()));
        }
    }

    private void loggedIn(Login done) {
        login = null;
        String refusal = done.refusal();
        if (refusal != null) {
            if (refusal.startsWith("WRONGPASS")) {
                server.userUnknown(credentials);
            }
            onBroken("login refused: " + refusal);
            return;
        }
        id = done.id();
        runId = done.runId();
        state = State.READY;
        ready = true;
        pause = FIRST_PAUSE;
        failures = 0;
        lastReply = loop.now();
        LOG.debug("event=backend-ready server={} db={}", server, database);
        server.loggedIn(done, killing);
        server.backends.ready(server);
    }

    private void replies(byte[] in, int from, int limit) throws ProtocolException {
        lastReply = loop.now();
        int at = from;
        while (at < limit && ready) {
            Pending pending = ring.first();
            if (pending == null) {
                throw new ProtocolException("a reply that nobody asked for");
            }
            boolean starts = scanner.complete();
            int end = scanner.scan(in, at, limit);
            if (starts) {
                dropping = rejected && pending.mustFollowRejected();
            }
            deliver(pending, in, at, end - at, starts);
            at = end;
        }
    }

    private void deliver(Pending pending, byte[] in, int at, int size, boolean starts) throws ProtocolException {
        boolean last = scanner.complete();
        if (dropping) {
            if (last) {
                dropping = false;
                long behind = pending.start + pending.length;
                pending.onOvertaken(this);
                answered(pending, behind);
            }
        } else if ((starts && in[at] == '-') || errorLine.size() > 0) {
            error(pending, in, at, size, starts && last);
        } else {
            if (last) {
                ring.removeFirst();
                out.release(pending.start + pending.length);
                if (rejected) {
                    rejected = ring.size() > 0;
                }
            }
            pending.onReply(in, at, size, last);
        }
    }

    private void error(Pending pending, byte[] in, int at, int size, boolean whole) throws ProtocolException {
        if (whole) {
            error(pending, in, at, size);
            return;
        }
        errorLine.write(in, at, size);
        if (errorLine.size() > ERROR_BOUND) {
            throw new ProtocolException("an error reply of more than 64 KiB");
        }
        if (scanner.complete()) {
            byte[] line = errorLine.toByteArray();
            errorLine.reset();
            error(pending, line, 0, line.length);
        }
    }

    /** The bytes are released only afterwards: they are needed when the command has to be given again. */
    private void error(Pending pending, byte[] line, int from, int size) {
        long end = pending.start + pending.length;
        pending.onError(this, line, from, size);
        answered(pending, end);
    }

    private void answered(Pending pending, long end) {
        if (ring.first() == pending) {
            ring.removeFirst();
            out.release(end);
            rejected = rejected && ring.size() > 0;
        }
    }

    @Override
    protected void onBroken(String why) {
        if (state == State.RETIRED) {
            return;
        }
        boolean news = ready || !why.equals(problem);
        sever();
        reset();
        if (news) {
            LOG.info("event=backend-broken server={} db={} inFlight={} why=\"{}\"", server, database, ring.size(), why);
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
        dropping = false;
        rejected = false;
        errorLine.reset();
        scanner.reset();
    }

    /** Every command of the old connection learns its fate before a new one may be given. */
    private void failed(String why) {
        state = State.DOWN;
        failures++;
        problem = why;
        long sent = out.sent();
        while (ring.first() instanceof Pending pending) {
            pending.onLost(this, pending.start < sent, why);
            if (ring.first() == pending) {
                ring.removeFirst();
            }
        }
        out.clear();
        loop.after(pause, this::connectIfWanted);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
    }

    private void connectIfWanted() {
        if (state == State.DOWN && (server.isWanted() || server.severedIds().size() > 0)) {
            connect();
        }
    }

    private void sever() {
        BitSet slots = new BitSet();
        for (int i = 0; i < ring.size(); i++) {
            Pending pending = ring.at(i);
            if (pending != null && pending.mayWrite() && pending.start < out.sent()) {
                pending.addSlotsTo(slots);
            }
        }
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
            if (period > 0 && ring.size() == 0 && lastReplyAge() > period) {
                byte[] ping = Ping.COMMAND;
                give(new Ping(), ping, 0, ping.length);
            }
        } else if ((state == State.CONNECTING || state == State.LOGIN) && loop.now() - since > CONNECT_TIMEOUT) {
            onBroken("no connection within 3 s");
        }
    }

    @Override
    public String toString() {
        return server.address() + "/" + database;
    }
}
