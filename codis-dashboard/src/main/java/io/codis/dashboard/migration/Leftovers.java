package io.codis.dashboard.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.Slot;
import io.codis.core.topology.Topology;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.stats.Conditions;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.redis.Acknowledgement;
import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what a group still holds of slots that have left it, as after a power cut that took its last removals back (safety
 * rule 5). Only slots that are recorded to have moved away, and of which no move has begun since; whatever else a group
 * holds and does not own is told to people.
 */
final class Leftovers {

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(10);
    /** After each thousand keys: a look takes a twentieth of the engine's time. */
    private static final long REST_MILLIS = 5;

    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final ClusterState state;
    private final EngineAccess engines;
    private final Conditions conditions;
    private final Map<Integer, ReentrantLock> locks = new ConcurrentHashMap<>();
    /** By server: a connection whose last removal may still be executed. */
    private final Map<String, Unsettled> unsettled = new ConcurrentHashMap<>();
    /** By group, the run of its master that was looked through. */
    private final Map<Integer, String> looked = new ConcurrentHashMap<>();

    private record Unsettled(String runId, long client) {}

    Leftovers(ClusterState state, EngineAccess engines, Conditions conditions) {
        this.state = state;
        this.engines = engines;
        this.conditions = conditions;
    }

    /** Held from the look at a group to the start of a move into it: no removal is under way then. */
    ReentrantLock lock(int gid) {
        return locks.computeIfAbsent(gid, ignored -> new ReentrantLock());
    }

    /** Looks at every group now and then, until the thread is interrupted. */
    void watch() {
        try {
            while (state.leading()) {
                Thread.sleep(PERIOD);
                for (int gid : state.topology().groups().keySet()) {
                    try {
                        lookThrough(gid);
                    } catch (CodisException e) {
                        LOG.debug("event=leftovers-not-looked-for group={} cause={}", gid, e.getMessage());
                    }
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** Looks through a master that has started again since the last look; does nothing while it is busy otherwise. */
    private void lookThrough(int gid) throws InterruptedException {
        ReentrantLock lock = lock(gid);
        if (!lock.tryLock()) {
            return;
        }
        try {
            Group group = state.topology().group(gid);
            String server = group.master().map(Member::address).orElse("");
            if (!group.initialized() || group.promotion().locks()) {
                return;
            }
            try (var engine = engines.open(server, TIMEOUT)) {
                String run = runId(engine);
                if (!run.equals(looked.get(gid))) {
                    SortedSet<Integer> foreign = foreign(engine, gid);
                    foreign.removeAll(sweep(gid, foreign));
                    tell(server, foreign);
                    if (foreign.isEmpty()) {
                        looked.put(gid, run);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes what the group's master holds of those of these slots that have left the group; acknowledged when it returns.
     * The group's {@link #lock} is held.
     *
     * @return the slots that it has removed
     * @throws CodisException when a removal may still be executed; no move into the group may begin before a later call
     *     has succeeded
     */
    SortedSet<Integer> sweep(int gid, SortedSet<Integer> slots) throws InterruptedException {
        Group group = state.topology().group(gid);
        String server = group.master().map(Member::address).orElse("");
        settle(server);
        var stale = new TreeSet<>(slots);
        stale.retainAll(group.away());
        stale.removeIf(slot -> mayBelong(state.topology().slot(slot), gid));
        if (stale.isEmpty()) {
            return stale;
        }
        try (var engine = engines.open(server, TIMEOUT)) {
            unsettled.put(server, new Unsettled(runId(engine), Replies.number(engine.call("CLIENT", "ID"))));
            long[] removed = {0};
            new KeyScan(engine, stale::contains).run((_, keys, _) -> {
                if (!keys.isEmpty()) {
                    removed[0] += Replies.number(engine.call("UNLINK", keys));
                }
            });
            unsettled.remove(server);
            Acknowledgement.await(engine, state.topology().group(gid).awaited(), ACKNOWLEDGED_WITHIN);
            LOG.warn("event=leftovers-removed group={} slots={} keys={}", gid, stale, removed[0]);
        }
        return stale;
    }

    /** An engine executes what it had not read yet, also when the connection is gone; so its client is killed there. */
    private void settle(String server) {
        Unsettled last = unsettled.get(server);
        if (last == null) {
            return;
        }
        try (var engine = engines.open(server, TIMEOUT)) {
            if (runId(engine).equals(last.runId())) {
                engine.call("CLIENT", "KILL", "ID", last.client());
            }
        }
        unsettled.remove(server);
    }

    private SortedSet<Integer> foreign(RedisConnection engine, int gid) throws InterruptedException {
        Topology topology = state.topology();
        var found = new TreeSet<Integer>();
        new KeyScan(engine, slot -> !topology.slot(slot).concerns(gid)).run((_, keys, slotOf) -> {
            for (int i = 0; i < keys.size(); i++) {
                found.add(slotOf[i]);
            }
            Thread.sleep(REST_MILLIS);
        });
        return found;
    }

    private void tell(String server, SortedSet<Integer> foreign) {
        String object = "server-[" + server + "]";
        if (foreign.isEmpty()) {
            conditions.clear(Reason.FOREIGN_KEYS, object);
        } else {
            conditions.set(
                    Reason.FOREIGN_KEYS,
                    object,
                    "it holds keys of slots " + foreign
                            + ", which its group does not own; look at them and remove them there");
        }
    }

    /** The slot belongs to the group or to nobody, or a move into the group has begun. */
    private static boolean mayBelong(Slot slot, int gid) {
        return slot.group() == gid || slot.group() == 0 || SlotBatch.under(slot.action(), gid);
    }

    /** Which process serves there now. */
    static String runId(RedisConnection engine) {
        return InfoText.fields(Replies.text(engine.call("INFO", "server"))).getOrDefault("run_id", "");
    }
}
