package io.codis.dashboard.stats;

import io.codis.core.problem.CodisException;
import io.codis.core.topology.Topology;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.redis.Command;
import io.codis.infra.redis.EngineError;
import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** INFO of every server, once a second over a connection that is kept. */
public final class ServerWatch implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final EngineAccess engines;
    private final UnaryOperator<String> trouble;
    private final Watch<Map<String, String>> watch;
    private final Map<String, RedisConnection> connections = new ConcurrentHashMap<>();

    /** @param trouble what the launcher of a server says of why its engine does not start; empty for nothing */
    public ServerWatch(ClusterState state, EngineAccess engines, UnaryOperator<String> trouble, InstantSource clock) {
        this.engines = engines;
        this.trouble = trouble;
        this.watch = new Watch<>("info", this::look, () -> LIMIT, clock);
        state.onChange(this::follow);
        follow(state.topology());
    }

    /** The last answer of each server, by {@code host:port}. */
    public Map<String, StatsEntry<Map<String, String>>> seen() {
        return watch.seen();
    }

    /** All fields of INFO, with {@code maxmemory}, and {@code master_addr} of a replica. */
    public static Map<String, String> info(RedisConnection engine) {
        var replies = engine.callAll(List.of(Command.of("INFO"), Command.of("CONFIG", "GET", "maxmemory")));
        for (Object reply : replies) {
            if (reply instanceof EngineError error) {
                throw error.asException(engine.address(), "INFO");
            }
        }
        var fields = new TreeMap<>(InfoText.fields(Replies.text(replies.getFirst())));
        List<?> limit = Replies.list(replies.getLast());
        if (limit.size() == 2) {
            fields.put("maxmemory", Replies.text(limit.get(1)));
        }
        if (fields.containsKey("master_host")) {
            fields.put("master_addr", fields.get("master_host") + ":" + fields.getOrDefault("master_port", ""));
        }
        return fields;
    }

    @Override
    public void close() {
        watch.close();
        connections.values().forEach(RedisConnection::close);
    }

    private void follow(Topology topology) {
        watch.follow(topology.groups().values().stream()
                .flatMap(group -> group.members().stream())
                .map(member -> member.address())
                .toList());
    }

    private RedisConnection open(String server) {
        try {
            return engines.open(server, LIMIT);
        } catch (CodisException e) {
            String why = trouble.apply(server);
            throw why.isEmpty() ? e : new CodisException(e.reason(), "the engine does not start: " + why, e);
        }
    }

    private Map<String, String> look(String server) {
        RedisConnection engine = connections.remove(server);
        if (engine == null) {
            engine = open(server);
        }
        try {
            Map<String, String> fields = info(engine);
            connections.put(server, engine);
            return fields;
        } catch (CodisException e) {
            engine.close();
            throw e;
        }
    }
}
