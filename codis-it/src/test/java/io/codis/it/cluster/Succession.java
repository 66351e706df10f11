package io.codis.it.cluster;

import io.codis.core.problem.CodisException;
import io.codis.core.replication.InfoFields;
import io.codis.core.wire.Credentials;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.history.Violation.Window;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * What each new master had received of the one before it, by the engines' own word.
 *
 * <p>A master's offset is sampled all the time: every write acknowledged before a sample was asked for lies within that
 * offset. A new master says whose stream it continues and up to which offset it had it. So a write that was acknowledged
 * before the last sample within that offset must be there, and only a later one may have gone with the old master. The
 * bound is exact but for the time between two samples.
 */
final class Succession implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(10);
    /** What a client may take to read an answer that it was sent before there was another master. */
    private static final long READ_LATE = 250;

    /**
     * A change of master.
     *
     * @param stream the old master's replication id
     * @param offset what the new master had of it
     * @param seenAt when it was first seen as master, milliseconds since 1970
     */
    record Heir(String address, String stream, long offset, long seenAt) {}

    private final Function<String, RedisConnection> open;
    /** By replication id: when the offset was last asked for, by offset. */
    private final Map<String, NavigableMap<Long, Long>> samples = new ConcurrentHashMap<>();

    private final Map<String, Heir> heirs = new ConcurrentHashMap<>();
    private final Set<String> followed = ConcurrentHashMap.newKeySet();

    /** @param open connects to the engine of an address, with the right to ask for INFO */
    Succession(Function<String, RedisConnection> open) {
        this.open = open;
    }

    /** Of the engines of a cluster, as their launchers log in. */
    static Succession of(ClusterSecret secret) {
        return new Succession(address -> RedisConnection.connect(
                address, LIMIT, new Credentials("launcher", secret.derive("launcher-" + address))));
    }

    /** From now on these engines are sampled, and no others. */
    void follow(Collection<String> addresses) {
        followed.retainAll(addresses);
        for (String address : addresses) {
            if (followed.add(address)) {
                Thread.ofPlatform().daemon().name("offset-" + address).start(() -> watch(address));
            }
        }
    }

    /** The changes seen since then. */
    List<Heir> since(long millis) {
        return heirs.values().stream().filter(heir -> heir.seenAt >= millis).toList();
    }

    /** Every write acknowledged before this time had reached the heir. */
    long reached(Heir heir) {
        var known = samples.get(heir.stream);
        Map.Entry<Long, Long> last = known == null ? null : known.floorEntry(heir.offset);
        // without a sample nothing is known to be excused
        return last == null ? Long.MAX_VALUE : last.getValue();
    }

    /** From the last sample of its predecessor within what the heir had to the last of all, milliseconds. */
    long behind(Heir heir) {
        long last = lastSample(heir.stream);
        return last - Math.min(reached(heir), last);
    }

    /** When the master of this replication id was last asked, milliseconds since 1970; 0 for never. */
    long lastSample(String stream) {
        var known = samples.get(stream);
        return known == null ? 0 : known.lastEntry().getValue();
    }

    /** Whether the heir of its master had not received all of these writes. */
    boolean mayLose(Window lost) {
        return heirs.values().stream()
                .anyMatch(heir -> lost.first() >= reached(heir) && lost.last() <= heir.seenAt + READ_LATE);
    }

    @Override
    public void close() {
        followed.clear();
    }

    private void watch(String address) {
        while (followed.contains(address)) {
            try (var engine = open.apply(address)) {
                while (followed.contains(address)) {
                    sample(address, engine);
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } catch (CodisException e) {
                // hurt, or not up again
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void sample(String address, RedisConnection engine) {
        long askedAt = System.currentTimeMillis();
        InfoFields info = InfoFields.parse(Replies.text(engine.call("INFO", "replication")));
        if (!info.text("role").equals("master")) {
            return;
        }
        samples.computeIfAbsent(info.text("master_replid"), ignored -> new ConcurrentSkipListMap<>())
                .put(info.number("master_repl_offset", 0), askedAt);
        long continued = info.number("second_repl_offset", -1) - 1;
        if (continued >= 0) {
            String stream = info.text("master_replid2");
            heirs.computeIfAbsent(
                    info.text("master_replid"),
                    ignored -> new Heir(address, stream, continued, System.currentTimeMillis()));
        }
    }
}
