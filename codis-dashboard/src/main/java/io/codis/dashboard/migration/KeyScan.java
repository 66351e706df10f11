package io.codis.dashboard.migration;

import io.codis.core.slot.SlotHash;
import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * One pass over all keys of an engine, by SCAN in each database. A key that is there from the beginning to the end of the
 * pass is found at least once, perhaps more often.
 */
final class KeyScan implements Keys {

    /** About a third of a millisecond of the engine's time. */
    private static final int COUNT = 1000;

    private final RedisConnection engine;
    private final IntPredicate slots;

    /** @param engine used by nobody else meanwhile; left in any database */
    KeyScan(RedisConnection engine, IntPredicate slots) {
        this.engine = engine;
        this.slots = slots;
    }

    /** Hands over every key of the wanted slots; empty lists too, so that the sink may look around. */
    @Override
    public void run(Sink sink) throws InterruptedException {
        for (int db : databases(engine)) {
            engine.call("SELECT", db);
            byte[] cursor = {'0'};
            do {
                var reply = Replies.list(engine.call("SCAN", cursor, "COUNT", COUNT));
                cursor = (byte[]) reply.get(0);
                handOver(db, Replies.list(reply.get(1)), sink);
            } while (cursor.length != 1 || cursor[0] != '0');
        }
    }

    /** Databases with keys, from {@code INFO keyspace}. */
    static List<Integer> databases(RedisConnection engine) {
        return InfoText.fields(Replies.text(engine.call("INFO", "keyspace"))).keySet().stream()
                .filter(name -> name.matches("db\\d+"))
                .map(name -> Integer.parseInt(name.substring(2)))
                .toList();
    }

    private void handOver(int db, List<?> keys, Sink sink) throws InterruptedException {
        var wanted = new ArrayList<byte[]>(keys.size());
        int[] slotOf = new int[keys.size()];
        for (Object each : keys) {
            byte[] key = (byte[]) each;
            int slot = SlotHash.slotOf(key);
            if (slots.test(slot)) {
                slotOf[wanted.size()] = slot;
                wanted.add(key);
            }
        }
        sink.found(db, wanted, slotOf);
    }
}
