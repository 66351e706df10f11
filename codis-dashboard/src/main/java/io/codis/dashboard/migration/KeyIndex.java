package io.codis.dashboard.migration;

import io.codis.core.slot.SlotHash;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Names of the keys of slots that have not begun to move, so that a slot is on its way only while its own keys are copied, and
 * one pass over the source serves many slots. It proves nothing: what came after it is found by the pass that ends the move.
 */
final class KeyIndex {

    /** Keys that are on their way at a time: about a second of a move beside clients. */
    private static final int AT_ONCE = 8000;

    /** An array's header, its padding and the reference to it. */
    private static final int OVERHEAD = 28;

    private static final int CHUNK = 1000;

    private final TreeMap<Integer, Map<Integer, List<byte[]>>> byDatabase = new TreeMap<>();
    private final int[] count = new int[SlotHash.SLOTS];
    private final long[] bytes = new long[SlotHash.SLOTS];
    private final BitSet wanted = new BitSet(SlotHash.SLOTS);
    /** Of those wanted: not left out, and not taken yet. */
    private final BitSet slots;

    private final long most;
    private long held;

    /** @param wanted the last of them are left out when the names of all take more than {@code most} bytes */
    KeyIndex(SortedSet<Integer> wanted, long most) {
        wanted.forEach(this.wanted::set);
        this.slots = (BitSet) this.wanted.clone();
        this.most = most;
    }

    /** What {@code scan} finds of these slots stays here, the rest goes on. */
    Keys filledBy(Keys scan) {
        return sink -> scan.run((db, keys, slotOf) -> {
            var others = new ArrayList<byte[]>(keys.size());
            int[] slotOfOthers = new int[keys.size()];
            for (int i = 0; i < keys.size(); i++) {
                if (!add(db, slotOf[i], keys.get(i))) {
                    slotOfOthers[others.size()] = slotOf[i];
                    others.add(keys.get(i));
                }
            }
            sink.found(db, others, slotOfOthers);
        });
    }

    /** Returns whether the key's slot is wanted, also when it was left out. */
    boolean add(int db, int slot, byte[] key) {
        if (!slots.get(slot)) {
            return wanted.get(slot);
        }
        byDatabase
                .computeIfAbsent(db, _ -> new HashMap<>())
                .computeIfAbsent(slot, _ -> new ArrayList<>())
                .add(key);
        count[slot]++;
        bytes[slot] += key.length + OVERHEAD;
        held += key.length + OVERHEAD;
        while (held > most && !slots.isEmpty()) {
            remove(slots.length() - 1);
        }
        return true;
    }

    private void remove(int slot) {
        byDatabase.values().forEach(bySlot -> bySlot.remove(slot));
        held -= bytes[slot];
        bytes[slot] = 0;
        slots.clear(slot);
    }

    /** How many slots, with those that were left out. */
    int wanted() {
        return wanted.cardinality();
    }

    /** How many are held and were not taken yet. */
    int size() {
        return slots.cardinality();
    }

    boolean has(int slot) {
        return slots.get(slot);
    }

    /** The first of these slots that hold about as many keys as may be on their way together, at least one; none is taken. */
    TreeSet<Integer> next(SortedSet<Integer> from) {
        var next = new TreeSet<Integer>();
        int keys = 0;
        for (int slot : from) {
            if (slots.get(slot) && (next.isEmpty() || keys + count[slot] <= AT_ONCE)) {
                next.add(slot);
                keys += count[slot];
            }
        }
        return next;
    }

    /** What was found of these slots; it is forgotten here. */
    Keys take(SortedSet<Integer> of) {
        var taken = new TreeMap<Integer, List<byte[]>>();
        byDatabase.forEach((db, bySlot) -> taken.put(
                db,
                of.stream()
                        .flatMap(slot -> bySlot.getOrDefault(slot, List.of()).stream())
                        .toList()));
        of.stream().filter(slots::get).forEach(this::remove);
        return sink -> handOver(taken, sink);
    }

    private static void handOver(TreeMap<Integer, List<byte[]>> taken, Keys.Sink sink) throws InterruptedException {
        for (var entry : taken.entrySet()) {
            List<byte[]> keys = entry.getValue();
            for (int from = 0; from < keys.size(); from += CHUNK) {
                var chunk = keys.subList(from, Math.min(keys.size(), from + CHUNK));
                sink.found(
                        entry.getKey(),
                        chunk,
                        chunk.stream().mapToInt(SlotHash::slotOf).toArray());
            }
        }
    }
}
