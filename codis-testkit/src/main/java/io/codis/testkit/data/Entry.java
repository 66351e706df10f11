package io.codis.testkit.data;

import io.codis.testkit.resp.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * One key of a {@link Dataset}: how it is written, how it is read, what the read must return.
 *
 * @param parts what it holds: one text, items, members, or names and values in turn; a stream's values by entry
 * @param expiresAt milliseconds since 1970, 0 for never
 */
record Entry(String key, Type type, List<String> parts, long expiresAt) {

    enum Type {
        STRING,
        LIST,
        SET,
        HASH,
        ZSET,
        STREAM
    }

    private static final int HOUR = 3_600_000;

    /** Entry number {@code index}; every third has a time to live of one to three hours after {@code start}. */
    static Entry of(long seed, int index, long start) {
        Random random = new Random(seed * 1_000_003 + index);
        Type type = Type.values()[random.nextInt(Type.values().length)];
        long expiresAt = index % 3 == 0 ? start + HOUR + random.nextInt(2 * HOUR) : 0;
        return new Entry("data:" + seed + ":" + index, type, parts(type, random), expiresAt);
    }

    private static List<String> parts(Type type, Random random) {
        int count = 1 + random.nextInt(8);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < (type == Type.STRING ? 1 : count); i++) {
            switch (type) {
                case STRING, LIST, STREAM -> parts.add(bytes(random, 16 + random.nextInt(100)));
                case SET -> parts.add(i + bytes(random, 12));
                case HASH -> parts.addAll(List.of("field" + i, bytes(random, 24)));
                case ZSET -> parts.addAll(List.of("member" + i, Integer.toString(random.nextInt(1_000_000))));
            }
        }
        return List.copyOf(parts);
    }

    /** Any bytes, line ends and zeros among them. */
    private static String bytes(Random random, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    List<List<String>> writes() {
        List<List<String>> writes = new ArrayList<>();
        switch (type) {
            case STRING -> writes.add(List.of("SET", key, parts.getFirst()));
            case LIST -> writes.add(command("RPUSH", parts));
            case SET -> writes.add(command("SADD", parts));
            case HASH -> writes.add(command("HSET", parts));
            case ZSET -> writes.add(command("ZADD", swapped()));
            case STREAM -> {
                for (int i = 0; i < parts.size(); i++) {
                    writes.add(List.of("XADD", key, (i + 1) + "-1", "value", parts.get(i)));
                }
            }
        }
        if (expiresAt != 0) {
            writes.add(List.of("PEXPIREAT", key, Long.toString(expiresAt)));
        }
        return writes;
    }

    List<String> read() {
        return switch (type) {
            case STRING -> List.of("GET", key);
            case LIST -> List.of("LRANGE", key, "0", "-1");
            case SET -> List.of("SMEMBERS", key);
            case HASH -> List.of("HGETALL", key);
            case ZSET -> List.of("ZRANGE", key, "0", "-1", "WITHSCORES");
            case STREAM -> List.of("XRANGE", key, "-", "+");
        };
    }

    /** Whether {@code reply} to {@link #read} is exactly this entry. */
    boolean isIn(Reply reply) {
        return switch (type) {
            case STRING -> reply instanceof Reply.Bulk && reply.text().equals(parts.getFirst());
            case LIST -> reply instanceof Reply.Many && reply.texts().equals(parts);
            case SET ->
                reply instanceof Reply.Many(List<Reply> items)
                        && items.size() == parts.size()
                        && new HashSet<>(reply.texts()).equals(new HashSet<>(parts));
            case HASH, ZSET ->
                reply instanceof Reply.Many && pairs(reply.texts()).equals(pairs(parts));
            case STREAM -> reply instanceof Reply.Many(List<Reply> entries) && isStream(entries);
        };
    }

    /** Whether PTTL's answer, given now, is right to a second. */
    boolean expiresIn(long pttl, long now) {
        return expiresAt == 0 ? pttl == -1 : Math.abs(now + pttl - expiresAt) <= 1000;
    }

    private boolean isStream(List<Reply> entries) {
        boolean same = entries.size() == parts.size();
        for (int i = 0; same && i < entries.size(); i++) {
            same = entries.get(i) instanceof Reply.Many(List<Reply> entry)
                    && entry.getFirst().text().equals((i + 1) + "-1")
                    && entry.get(1).texts().equals(List.of("value", parts.get(i)));
        }
        return same;
    }

    private List<String> command(String name, List<String> arguments) {
        return Stream.concat(Stream.of(name, key), arguments.stream()).toList();
    }

    private List<String> swapped() {
        List<String> swapped = new ArrayList<>();
        for (int i = 0; i < parts.size(); i += 2) {
            swapped.add(parts.get(i + 1));
            swapped.add(parts.get(i));
        }
        return swapped;
    }

    private static Map<String, String> pairs(List<String> flat) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            pairs.put(flat.get(i), flat.get(i + 1));
        }
        return pairs;
    }
}
