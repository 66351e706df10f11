package io.codis.dashboard.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Topology;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keys that move are on the target's disk as they were on the source's before they leave the source (safety rule 3), also
 * those that a proxy moves on touch.
 *
 * <p>An engine with an append-only file writes it through ({@code appendfsync always}) while slots move into it. A source
 * that only keeps snapshots makes none while slots move out of it, until its targets have made one. What was set before is
 * kept at the engine itself, as the name of a user without rights, so that whoever leads next can restore it; an
 * engine's restart forgets both.
 */
public final class Durability {

    private static final String FSYNC_WAS = "was-appendfsync-";
    private static final String SAVE_WAS = "was-save-";
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration SNAPSHOT_WITHIN = Duration.ofMinutes(30);

    private final ClusterState state;
    private final EngineAccess engines;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    public Durability(ClusterState state, EngineAccess engines) {
        this.state = state;
        this.engines = engines;
    }

    /**
     * Sets the master of a group as the stored moves ask for.
     *
     * @throws CodisException when the engine cannot be told
     */
    public void reconcile(int gid, String server) {
        synchronized (locks.computeIfAbsent(server, ignored -> new Object())) {
            try (var engine = engines.open(server, TIMEOUT)) {
                Topology topology = state.topology();
                writeThrough(engine, receives(topology, gid));
                holdSnapshots(engine, gives(topology, gid));
            }
        }
    }

    /** Whether keys come into the group, or are about to. */
    static boolean receives(Topology topology, int gid) {
        return topology.slots().stream()
                .anyMatch(s -> SlotBatch.split(s.action())
                        && s.group() != 0
                        && s.action().target() == gid);
    }

    static boolean gives(Topology topology, int gid) {
        return topology.slots().stream().anyMatch(s -> SlotBatch.split(s.action()) && s.group() == gid);
    }

    /** Writes a snapshot of a target that keeps nothing else, and returns when it is complete. */
    public void snapshotIfNeeded(String server) throws InterruptedException {
        try (var engine = engines.open(server, TIMEOUT)) {
            if (setting(engine, "appendonly").equals("yes")
                    || setting(engine, "save").isEmpty()) {
                return;
            }
            snapshot(engine);
        }
    }

    private static void snapshot(RedisConnection engine) throws InterruptedException {
        long before = Replies.number(engine.call("LASTSAVE"));
        long end = System.nanoTime() + SNAPSHOT_WITHIN.toNanos();
        // LASTSAVE counts seconds: one that ends within the present second could not be told from the last
        Thread.sleep(1001);
        engine.call("BGSAVE", "SCHEDULE");
        while (Replies.number(engine.call("LASTSAVE")) <= before) {
            var fields = InfoText.fields(Replies.text(engine.call("INFO", "persistence")));
            boolean running = "1".equals(fields.get("rdb_bgsave_in_progress"));
            if (!running && "err".equals(fields.get("rdb_last_bgsave_status")) || System.nanoTime() > end) {
                throw new CodisException(Reason.TARGET_UNFIT, "server " + engine.address() + " cannot save a snapshot");
            }
            Thread.sleep(20);
        }
    }

    private static void writeThrough(RedisConnection engine, boolean wanted) {
        Optional<String> was = remembered(engine, FSYNC_WAS);
        String now = setting(engine, "appendfsync");
        if (wanted && !now.equals("always") && setting(engine, "appendonly").equals("yes")) {
            remember(engine, FSYNC_WAS + now);
            engine.call("CONFIG", "SET", "appendfsync", "always");
        } else if (!wanted && was.isPresent()) {
            engine.call("CONFIG", "SET", "appendfsync", was.get());
            forget(engine, FSYNC_WAS + was.get());
        }
    }

    private static void holdSnapshots(RedisConnection engine, boolean wanted) {
        Optional<String> was = remembered(engine, SAVE_WAS);
        String now = setting(engine, "save");
        if (wanted && !now.isEmpty() && !setting(engine, "appendonly").equals("yes")) {
            remember(engine, SAVE_WAS + now.replace(' ', '_'));
            engine.call("CONFIG", "SET", "save", "");
        } else if (!wanted && was.isPresent()) {
            engine.call("CONFIG", "SET", "save", was.get().replace('_', ' '));
            forget(engine, SAVE_WAS + was.get());
        }
    }

    private static void remember(RedisConnection engine, String name) {
        engine.call("ACL", "SETUSER", name, "reset", "off");
    }

    private static void forget(RedisConnection engine, String name) {
        engine.call("ACL", "DELUSER", name);
    }

    private static Optional<String> remembered(RedisConnection engine, String prefix) {
        return Replies.list(engine.call("ACL", "USERS")).stream()
                .map(Replies::text)
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .findFirst();
    }

    static String setting(RedisConnection engine, String name) {
        List<?> pair = Replies.list(engine.call("CONFIG", "GET", name));
        return pair.size() == 2 ? Replies.text(pair.get(1)) : "";
    }

    /** Also while they are held back. */
    static boolean keepsSnapshots(RedisConnection engine) {
        return !setting(engine, "save").isEmpty()
                || remembered(engine, SAVE_WAS).isPresent();
    }
}
