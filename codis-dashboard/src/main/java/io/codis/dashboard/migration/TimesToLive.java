package io.codis.dashboard.migration;

import io.codis.infra.redis.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets right when late copies expire (safety rule 8): MIGRATE sends what is left of a time to live, so a copy that was
 * under way while a server stood still lives longer by as much. Engines before Redis 7.0 do not tell; there it stays.
 */
final class TimesToLive {

    /** A copy that took less is right to well within a second. */
    static final Duration LATE = Duration.ofMillis(300);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long SLACK_MILLIS = 50;
    /** No copy is later; whatever differs by more is no copy. */
    private static final long MOST_MILLIS = 120_000;

    /** Only what is still as it was seen, so that nothing is undone that a client asked for meanwhile. */
    private static final String SET_RIGHT =
            "if redis.call('PEXPIRETIME', KEYS[1]) == tonumber(ARGV[1]) then redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end";

    private TimesToLive() {}

    /** The keys that are copied and not yet removed. */
    static void setRight(DbConnection source, DbConnection target, KeyBatch batch) {
        // in this order: while the source has a key, nobody has written to its copy
        long[] copies = expiries(target, batch);
        long[] originals = expiries(source, batch);
        var commands = new ArrayList<Command>();
        for (int i = 0; i < copies.length; i++) {
            long late = copies[i] - originals[i];
            if (copies[i] > 0 && originals[i] > 0 && late > SLACK_MILLIS && late < MOST_MILLIS) {
                byte[] key = batch.keys().get(i);
                commands.add(Command.of("EVAL", SET_RIGHT, 1, key, copies[i], originals[i]));
            }
        }
        if (!commands.isEmpty()) {
            target.callAll(batch.db(), TIMEOUT, commands);
        }
    }

    /** Milliseconds since 1970 in the order of the keys, not above 0 where there is no such time. */
    private static long[] expiries(DbConnection engine, KeyBatch batch) {
        List<Command> questions =
                batch.keys().stream().map(key -> Command.of("PEXPIRETIME", key)).toList();
        return engine.callAll(batch.db(), TIMEOUT, questions).stream()
                .mapToLong(reply -> reply instanceof Long at ? at : 0)
                .toArray();
    }
}
