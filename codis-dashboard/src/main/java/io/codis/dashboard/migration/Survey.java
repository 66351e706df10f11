package io.codis.dashboard.migration;

import io.codis.core.slot.SlotHash;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
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

    /** @param names of what it finds go there too, as far as wanted */
    static Survey of(DbConnection source, SlotBatch slots, BooleanSupplier clients, KeyIndex names)
            throws InterruptedException {
        var sums = new Sums(slots);
        new KeyScan(source.raw(), slots::has).run((db, keys, slotOf) -> {
            long[] sizes = KeyChunks.sizes(source, db, keys);
            for (int i = 0; i < sizes.length; i++) {
                sums.add(db, keys.get(i), slotOf[i], sizes[i]);
                names.add(db, slotOf[i], keys.get(i));
            }
            if (clients.getAsBoolean()) {
                Thread.sleep(1);
            }
        });
        return sums.survey();
    }

    /** A group that holds keys of these slots before they have moved there would lose or revive some. */
    static List<Integer> present(DbConnection target, SlotBatch slots, int group) throws InterruptedException {
        var found = new TreeSet<Integer>();
        new KeyScan(target.raw(), slot -> slots.target(slot) == group)
                .run((db, keys, slotOf) -> Arrays.stream(slotOf, 0, keys.size()).forEach(found::add));
        return List.copyOf(found);
    }

    private static final class Sums {

        private final SlotBatch slots;
        private final long[] bySlot = new long[SlotHash.SLOTS];
        private final Map<Integer, String> tooBig = new TreeMap<>();
        private long keys;
        private long bytes;
        private long largest;
        private int databases;

        Sums(SlotBatch slots) {
            this.slots = slots;
        }

        void add(int db, byte[] key, int slot, long size) {
            keys++;
            bytes += size;
            largest = Math.max(largest, size);
            databases = Math.max(databases, db + 1);
            bySlot[slot] += size;
            if (size > TOO_BIG) {
                tooBig.put(slot, KeyChunks.printable(key) + " of db " + db + " has " + (size >> 20) + " MiB");
            }
        }

        Survey survey() {
            var byTarget = new TreeMap<Integer, Long>();
            slots.slots().forEach(slot -> byTarget.merge(slots.target(slot), bySlot[slot], Long::sum));
            return new Survey(keys, bytes, largest, byTarget, tooBig, databases);
        }
    }
}
