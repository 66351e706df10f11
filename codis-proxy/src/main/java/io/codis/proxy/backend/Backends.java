package io.codis.proxy.backend;

import io.codis.core.wire.Credentials;
import io.codis.proxy.engine.Loop;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The servers that one loop speaks to, by address. */
public final class Backends {

    /**
     * Times in nanoseconds.
     *
     * @param pingPeriod an idle connection is asked for a sign of life so often; 0 never
     * @param pipeline commands in flight per connection
     * @param bytes of commands in flight per connection
     * @param recvTimeout a connection whose oldest command waits longer is given up; 0 never
     */
    public record Settings(long pingPeriod, long recvTimeout, int databases, int pipeline, long bytes) {}

    final Loop loop;
    final Settings settings;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Consumer<Server> onReady;
    private final Runnable onQuiet;
    private @Nullable Credentials credentials;

    /**
     * @param onReady a connection to that server is usable
     * @param onQuiet something that a barrier may wait for has ended
     */
    public Backends(Loop loop, Settings settings, Consumer<Server> onReady, Runnable onQuiet) {
        this.loop = loop;
        this.settings = settings;
        this.onReady = onReady;
        this.onQuiet = onQuiet;
        loop.onTick(this::tick);
    }

    @Nullable
    Credentials credentials() {
        return credentials;
    }

    void ready(Server server) {
        onReady.accept(server);
    }

    void quiet() {
        onQuiet.run();
    }

    /** The server at {@code host:port}, known from now on. */
    public Server at(String address) {
        return servers.computeIfAbsent(address, a -> new Server(this, a));
    }

    /** All servers known. */
    public List<Server> all() {
        return new ArrayList<>(servers.values());
    }

    /**
     * Another login makes every connection start anew. It was given after the dashboard had ended what the older login
     * could still do, so connections severed under that one are no concern any more.
     */
    public void login(@Nullable Credentials next) {
        if (Objects.equals(credentials, next)) {
            return;
        }
        credentials = next;
        for (Server server : all()) {
            server.relogin();
        }
    }

    /** Servers that no route names any more finish what they have and are forgotten. */
    public void keep(Set<String> addresses) {
        for (Server server : servers.values()) {
            server.wanted(addresses.contains(server.address()));
        }
        quiet();
    }

    /** Whether a connection severed earlier may still execute a write on one of these slots. */
    public boolean severedOn(BitSet slots) {
        for (Server server : servers.values()) {
            if (server.severedOn(slots)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a command in flight names keys of one of these slots. */
    public boolean busyOn(BitSet slots) {
        for (Server server : servers.values()) {
            for (Backend backend : server.connections()) {
                if (backend.busyOn(slots)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void tick() {
        for (Server server : all()) {
            server.tick();
        }
        servers.values().removeIf(Server::isGone);
    }
}
