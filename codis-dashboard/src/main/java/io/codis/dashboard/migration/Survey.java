package io.codis.dashboard.migration;

import io.codis.core.slot.SlotHash;
import io.codis.infra.redis.Command;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * What slots hold before they move: found by one pass that reads sizes only.
 *
 * @param keys in all databases; those that were found twice count twice
 * @param bytes by MEMORY USAGE
 * @param largest size of the largest key in bytes
 * @param bytesByTarget by group id
 * @param tooBig by slot, one key that cannot be moved, for people
 * @param databases one more than the highest database in use
 */
record Survey(
        long keys,
        long bytes,
        long largest,
        Map<Integer, Long> bytesByTarget,
        Map<Integer, String> tooBig,
        int databases) {

    /** A payload of RESTORE may not be larger than an engine takes in one argument, 512 MiB by default. */
    static final long TOO_BIG = 400L << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    static Survey of(DbConnection source, SlotBatch slots, BooleanSupplier clients) throws InterruptedException {
        var sums = new Sums(slots);
        new KeyScan(source.raw(), slots::has).run((db, keys) -> {
            var commands =
                    keys.stream().map(key -> Command.of("MEMORY", "USAGE", key)).toList();
            var replies = source.raw().callAll(TIMEOUT, commands);
            for (int i = 0; i < replies.size(); i++) {
                sums.add(db, keys.get(i), replies.get(i) instanceof Long size ? size : 0);
            }
            if (clients.getAsBoolean()) {
                Thread.sleep(1);
            }
        });
        return sums.survey();
    }

    /** A group that holds keys of these slots before they have moved there would lose or revive some. */
    static List<Integer> present(DbConnection target, SlotBatch slots, int group) throws InterruptedException {
        var found = new TreeMap<Integer, Integer>();
        new KeyScan(target.raw(), slot -> slots.target(slot) == group)
                .run((db, keys) -> keys.forEach(key -> found.merge(SlotHash.slotOf(key), 1, Integer::sum)));
        return List.copyOf(found.keySet());
    }

    private static final class Sums {

        private final SlotBatch slots;
        private final Map<Integer, Long> byTarget = new TreeMap<>();
        private final Map<Integer, String> tooBig = new TreeMap<>();
        private long keys;
        private long bytes;
        private long largest;
        private int databases;

        Sums(SlotBatch slots) {
            this.slots = slots;
        }

        void add(int db, byte[] key, long size) {
            int slot = SlotHash.slotOf(key);
            keys++;
            bytes += size;
            largest = Math.max(largest, size);
            databases = Math.max(databases, db + 1);
            byTarget.merge(slots.target(slot), size, Long::sum);
            if (size > TOO_BIG) {
                tooBig.put(slot, KeyChunks.printable(key) + " of db " + db + " has " + (size >> 20) + " MiB");
            }
        }

        Survey survey() {
            return new Survey(keys, bytes, largest, byTarget, tooBig, databases);
        }
    }
}
