package io.codis.dashboard.migration;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.redis.Acknowledgement;
import io.codis.infra.redis.Command;
import io.codis.infra.redis.EngineError;
import io.codis.infra.redis.RedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Confirms copied keys one by one at their target, has the target's candidates acknowledge them, removes them at the
 * source, and has the source's candidates acknowledge that (safety rules 2 and 3). The target writes to its disk before
 * it answers while slots move into it, see {@link Durability}.
 */
final class Removal implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(10);

    private final MoveTools tools;
    private final SlotBatch slots;
    private final MoveProgress progress;
    private final DbConnection source;
    private final Map<Integer, DbConnection> targets = new HashMap<>();

    Removal(MoveTools tools, SlotBatch slots, MoveProgress progress) {
        this.tools = tools;
        this.slots = slots;
        this.progress = progress;
        this.source = open(slots.sourceServer());
        // before the first copy, so that an acknowledgement over it covers all of them
        slots.targetServers().forEach((group, server) -> targets.put(group, open(server)));
    }

    /** @param batches of one database and target, all copied */
    void confirmAndRemove(List<KeyBatch> batches) {
        KeyBatch first = batches.getFirst();
        DbConnection target = target(first.target());
        var confirmed = new ArrayList<List<byte[]>>();
        for (KeyBatch batch : batches) {
            if (batch.late()) {
                TimesToLive.setRight(source, target, batch);
            }
            confirmed.add(present(target, batch));
        }
        tools.interruption().after("confirmed");
        acknowledge(target.raw(), first.target());
        tools.interruption().after("acknowledged");
        long removed = unlink(first.db(), confirmed);
        tools.interruption().after("removed");
        // every failure of a copy of these keys comes before their removal, so it is counted by now
        SourceMemory.check(source.raw());
        progress.moved(removed);
    }

    /** The source's candidates have acknowledged every removal. */
    void finish() {
        acknowledge(source.raw(), slots.source());
        SourceMemory.check(source.raw());
        slots.targetServers()
                .keySet()
                .forEach(group -> acknowledge(target(group).raw(), group));
    }

    @Override
    public void close() {
        source.close();
        targets.values().forEach(DbConnection::close);
    }

    /** Those of the batch that are at the target. The others have expired, or are found again by the next pass. */
    private static List<byte[]> present(DbConnection target, KeyBatch batch) {
        var all = target.callAll(batch.db(), TIMEOUT, List.of(Command.of("EXISTS", batch.keys())));
        if (number(target, all.getFirst()) == batch.keys().size()) {
            return batch.keys();
        }
        var each = batch.keys().stream().map(key -> Command.of("EXISTS", key)).toList();
        var replies = target.callAll(batch.db(), TIMEOUT, each);
        var present = new ArrayList<byte[]>();
        for (int i = 0; i < replies.size(); i++) {
            if (number(target, replies.get(i)) == 1) {
                present.add(batch.keys().get(i));
            }
        }
        return present;
    }

    private long unlink(int db, List<List<byte[]>> confirmed) {
        var commands = confirmed.stream()
                .filter(keys -> !keys.isEmpty())
                .map(keys -> Command.of("UNLINK", keys))
                .toList();
        long removed = 0;
        for (Object reply : source.callAll(db, TIMEOUT, commands)) {
            removed += number(source, reply);
        }
        return removed;
    }

    /** The stored list is read after the writes, so a replica that is awaited from now on has them or is waited for. */
    private void acknowledge(RedisConnection engine, int group) {
        var awaited = tools.state().topology().group(group).awaited();
        Acknowledgement.await(engine, awaited, ACKNOWLEDGED_WITHIN);
    }

    private DbConnection target(int group) {
        DbConnection target = targets.get(group);
        if (target == null) {
            throw new IllegalArgumentException("no target: group " + group);
        }
        return target;
    }

    private DbConnection open(String server) {
        return new DbConnection(tools.engines().open(server, TIMEOUT));
    }

    private static long number(DbConnection engine, @Nullable Object reply) {
        if (reply instanceof Long number) {
            return number;
        }
        String said = reply instanceof EngineError error ? error.text() : "an unexpected reply";
        throw new CodisException(Reason.ENGINE_REFUSED, "engine " + engine.raw().address() + ": " + said);
    }
}
