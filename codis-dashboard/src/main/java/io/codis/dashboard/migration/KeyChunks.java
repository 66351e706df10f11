package io.codis.dashboard.migration;

import io.codis.core.problem.Reason;
import io.codis.dashboard.stats.Conditions;
import io.codis.infra.redis.Command;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Sorts found keys by target and cuts them into batches bounded in number and, where sizes vary, in bytes. */
final class KeyChunks {

    /** Where keys go next; may block. */
    interface Sink {
        void accept(KeyBatch batch) throws InterruptedException;
    }

    /** Keys no larger need no measuring: the largest batch of them is bounded in bytes by its number. */
    static final long SMALL = 512;

    /** Above it a key is moved in a MIGRATE of its own, with more time, and reported. */
    static final long BIG = 8L << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final byte[] MEMORY = "MEMORY".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] USAGE = "USAGE".getBytes(StandardCharsets.US_ASCII);

    private final DbConnection source;
    private final SlotBatch slots;
    private final boolean measure;
    private final Sink sink;
    private final Conditions conditions;
    private final Map<Integer, List<byte[]>> open = new HashMap<>();
    private final Map<Integer, Long> openBytes = new HashMap<>();
    private int db;

    /** @param largest size of the largest key in bytes, -1 when that is not known */
    KeyChunks(DbConnection source, SlotBatch slots, long largest, Sink sink, Conditions conditions) {
        this.source = source;
        this.slots = slots;
        this.measure = largest < 0 || largest > SMALL;
        this.sink = sink;
        this.conditions = conditions;
    }

    /** @param pace how many keys and bytes one batch may have now */
    void add(int ofDb, List<byte[]> keys, int[] slotOf, Pace pace) throws InterruptedException {
        if (ofDb != db) {
            flush();
            db = ofDb;
        }
        long[] bytes = measure ? sizes(source, db, keys) : new long[keys.size()];
        for (int i = 0; i < bytes.length; i++) {
            byte[] key = keys.get(i);
            int target = slots.target(slotOf[i]);
            if (bytes[i] > BIG) {
                report(key, bytes[i]);
                sink.accept(new KeyBatch(db, target, List.of(key), true));
            } else {
                put(target, key, bytes[i], pace);
            }
        }
    }

    void flush() throws InterruptedException {
        for (var entry : List.copyOf(open.entrySet())) {
            cut(entry.getKey());
        }
    }

    private void put(int target, byte[] key, long bytes, Pace pace) throws InterruptedException {
        List<byte[]> keys = open.computeIfAbsent(target, ignored -> new ArrayList<>());
        if (!keys.isEmpty() && openBytes.getOrDefault(target, 0L) + bytes > pace.bytes()) {
            cut(target);
            keys = open.computeIfAbsent(target, ignored -> new ArrayList<>());
        }
        keys.add(key);
        openBytes.merge(target, bytes, Long::sum);
        if (keys.size() >= pace.keys()) {
            cut(target);
        }
    }

    private void cut(int target) throws InterruptedException {
        openBytes.remove(target);
        List<byte[]> keys = open.remove(target);
        if (keys != null && !keys.isEmpty()) {
            sink.accept(new KeyBatch(db, target, keys, false));
        }
    }

    /** Bytes of each by MEMORY USAGE, 0 for one that is gone. */
    static long[] sizes(DbConnection source, int db, List<byte[]> keys) {
        var commands = new ArrayList<Command>(keys.size());
        keys.forEach(key -> commands.add(Command.ofBytes(MEMORY, USAGE, key)));
        var replies = source.callAll(db, TIMEOUT, commands);
        long[] sizes = new long[keys.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = replies.get(i) instanceof Long size ? size : 0;
        }
        return sizes;
    }

    private void report(byte[] key, long bytes) {
        conditions.set(
                Reason.BIG_KEY,
                "group-[" + slots.source() + "]",
                "key " + printable(key) + " of db " + db + " has " + (bytes >> 20)
                        + " MiB: it is moved alone and holds up the server meanwhile");
    }

    static String printable(byte[] key) {
        var text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(key.length, 64); i++) {
            text.append(key[i] >= 0x20 && key[i] < 0x7f ? String.valueOf((char) key[i]) : "\\x" + hex(key[i]));
        }
        return text.append(key.length > 64 ? "...\"" : "\"").toString();
    }

    private static String hex(byte value) {
        return String.format(Locale.ROOT, "%02x", value & 0xff);
    }
}
