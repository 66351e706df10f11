package io.codis.proxy.backend;

import io.codis.core.wire.Credentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One storage server as one loop sees it: a connection per {@link Channel} in use, opened when first needed. */
public final class Server {

    /** What is in flight when routes turn away from a server gets so long: it may hang for ever. */
    private static final long GRACE = 500_000_000L;

    /** What a failed connect says when nobody listens. */
    static final String REFUSED = "Connection refused";

    final Backends backends;
    private final String address;
    private final @Nullable Backend[] byChannel;
    private final List<Backend> dedicated = new ArrayList<>();
    private final List<Severed> severed = new ArrayList<>();
    private boolean wanted = true;
    private long unwantedSince;
    private @Nullable InetSocketAddress literal;
    private String runId = "";

    Server(Backends backends, String address) {
        this.backends = backends;
        this.address = address;
        this.byChannel = new @Nullable Backend[Channel.of(backends.settings.databases(), false)];
    }

    public String address() {
        return address;
    }

    /** The id of the process that the newest login has found, empty before one. */
    public String runId() {
        return runId;
    }

    /** The connection for a channel; asks for one to be made when there is none. */
    public Backend channel(int number) {
        Backend backend = byChannel[number];
        if (backend == null) {
            backend = new Backend(this, number);
            byChannel[number] = backend;
            backend.connect();
        }
        return backend;
    }

    /** A connection of its own, not shared with requests; {@link Backend#retire} ends it. */
    public Backend dedicated(int channel) {
        Backend backend = new Backend(this, channel);
        dedicated.add(backend);
        backend.connect();
        return backend;
    }

    /** Breaks its connections, as a failing network would. */
    public void cut(String why) {
        connections().forEach(backend -> backend.onBroken(why));
    }

    void forget(Backend backend) {
        dedicated.remove(backend);
    }

    public List<Backend> connections() {
        List<Backend> made = new ArrayList<>(dedicated);
        for (Backend backend : byChannel) {
            if (backend != null) {
                made.add(backend);
            }
        }
        return made;
    }

    void relogin() {
        severed.clear();
        for (Backend backend : connections()) {
            backend.restart("the proxy has a new login");
        }
    }

    /**
     * Whether the routes name it. When they do not any more, a promotion or a move away from it is over, and the control
     * plane has made certain that nothing it still does can count: what was severed here is no concern of slots that
     * are elsewhere.
     */
    void wanted(boolean now) {
        if (wanted && !now) {
            unwantedSince = backends.loop.now();
            severed.clear();
        }
        wanted = now;
    }

    boolean isWanted() {
        return wanted;
    }

    boolean isGone() {
        if (wanted) {
            return false;
        }
        for (Backend backend : connections()) {
            if (backend.inFlight() > 0) {
                return false;
            }
        }
        for (Backend backend : connections()) {
            backend.retire();
        }
        return true;
    }

    void tick() {
        boolean over = !wanted && backends.loop.now() - unwantedSince > GRACE;
        for (Backend backend : connections()) {
            if (over && backend.inFlight() > 0) {
                backend.onBroken("the server is not in the routes any more");
            } else {
                backend.tick();
            }
        }
    }

    void sever(Severed connection) {
        severed.add(connection);
    }

    boolean severedOn(BitSet slots) {
        for (Severed connection : severed) {
            if (connection.touches(slots)) {
                return true;
            }
        }
        return false;
    }

    /** Connections of this process whose end is not certain. */
    List<Long> severedAt(String process) {
        return severed.stream()
                .filter(one -> !process.isEmpty() && one.runId().equals(process))
                .map(Severed::id)
                .filter(number -> number > 0)
                .distinct()
                .toList();
    }

    /** This process is there: connections to another one have ended with it. */
    void found(String process) {
        if (process.isEmpty()) {
            return;
        }
        runId = process;
        boolean any =
                severed.removeIf(one -> !one.runId().isEmpty() && !one.runId().equals(process));
        if (any) {
            backends.quiet();
        }
    }

    /** Nobody listens. Of the loopback address our own kernel says so: whoever did is gone (decision 10). */
    void refused() {
        InetSocketAddress known = literal;
        if (known != null && known.getAddress().isLoopbackAddress() && !severed.isEmpty()) {
            severed.clear();
            backends.quiet();
        }
    }

    /** The server has confirmed the end of these connections. */
    void ended(String process, List<Long> killed) {
        if (severed.removeIf(one -> one.runId().equals(process) && killed.contains(one.id()))) {
            backends.quiet();
        }
    }

    /**
     * The server does not know our user: deleting a user ends its connections, and a new process has none. Sound only
     * for connections of that very user.
     */
    void userUnknown(@Nullable Credentials credentials) {
        String user = credentials == null ? null : credentials.user();
        if (user != null && severed.removeIf(connection -> Objects.equals(user, connection.user()))) {
            backends.quiet();
        }
    }

    /** Calls back on the loop, at once when no name has to be looked up; null when there is no such name. */
    void resolve(Consumer<@Nullable InetSocketAddress> then) {
        InetSocketAddress known = literal;
        if (known != null) {
            then.accept(known);
            return;
        }
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        if (host.matches("[0-9.]+") || host.contains(":")) {
            literal = new InetSocketAddress(host, port);
            then.accept(literal);
            return;
        }
        Thread.ofVirtual().name("resolve " + host).start(() -> {
            InetSocketAddress found;
            try {
                found = new InetSocketAddress(InetAddress.getByName(host), port);
            } catch (java.net.UnknownHostException e) {
                found = null;
            }
            InetSocketAddress answer = found;
            backends.loop.execute(() -> then.accept(answer));
        });
    }

    @Override
    public String toString() {
        return address;
    }
}
