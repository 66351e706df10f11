package io.codis.dashboard.stats;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Topology;
import io.codis.dashboard.proxy.ProxyClient;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.net.Names;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** What every proxy counts and sees. */
public final class ProxyWatch implements AutoCloseable {

    /** An answer older than this says nothing about now. */
    private static final Duration FRESH = Duration.ofMillis(1500);

    private static final long SILENT_MILLIS = 1000;

    private final ClusterState state;
    private final ProxyClient proxies;
    private final BiConsumer<ProxyEntry, ProxyStats> heard;
    private final InstantSource clock;
    private final Watch<ProxyStats> watch;

    /**
     * @param pause between two looks at the same proxy
     * @param heard called with every answer, on the thread that asked
     */
    public ProxyWatch(
            ClusterState state,
            ProxyClient proxies,
            Supplier<Duration> pause,
            BiConsumer<ProxyEntry, ProxyStats> heard,
            InstantSource clock) {
        this.state = state;
        this.proxies = proxies;
        this.heard = heard;
        this.clock = clock;
        this.watch = new Watch<>("stats", this::look, pause, clock);
        state.onChange(this::follow);
        follow(state.topology());
    }

    /** The last answer of each proxy, by token. */
    public Map<String, StatsEntry<ProxyStats>> seen() {
        return watch.seen();
    }

    /** Requests per second over all proxies. */
    public long qps() {
        return watch.seen().values().stream()
                .flatMap(entry -> entry.answer().stream())
                .mapToLong(stats -> stats.ops().qps())
                .sum();
    }

    /** Whether a proxy had an answer of this engine within about the last second. */
    public boolean answersProxies(String server) {
        var after = clock.instant().minus(FRESH);
        String address = address(server);
        return watch.seen().values().stream()
                .filter(entry -> entry.at().isAfter(after))
                .flatMap(entry -> entry.answer().stream())
                .flatMap(stats -> stats.backends().stream())
                .anyMatch(backend ->
                        backend.addr().equals(address) && backend.up() && backend.silentMs() < SILENT_MILLIS);
    }

    /** As proxies are told of it. */
    private static String address(String server) {
        try {
            return Names.resolved(server);
        } catch (CodisException e) {
            return server;
        }
    }

    @Override
    public void close() {
        watch.close();
    }

    private void follow(Topology topology) {
        watch.follow(topology.proxies().keySet());
    }

    private ProxyStats look(String token) {
        ProxyEntry proxy = state.topology().proxy(token);
        ProxyStats stats = proxies.stats(proxy.model().adminAddr(), token);
        heard.accept(proxy, stats);
        return stats;
    }
}
