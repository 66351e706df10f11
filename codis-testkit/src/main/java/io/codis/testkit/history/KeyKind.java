package io.codis.testkit.history;

import io.codis.testkit.resp.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The types of keys: which writes they get, how they are read. */
enum KeyKind {
    TEXT,
    COUNTER,
    LIST,
    HASH,
    ZSET;

    private static final int LONGEST = 20;
    private static final long HOUR = 3_600_000;
    private static final String FILLER = "................................";

    /**
     * The next write of a key in state {@code before}.
     *
     * @param unique makes the written value one of a kind in this key's history
     */
    Op next(Random random, State before, long unique, long now) {
        if (!before.isAbsent() && before.at(now).isAbsent()) {
            return new Op.Delete();
        }
        int dice = random.nextInt(100);
        if (!before.isAbsent()) {
            if (dice < 6 || isLong(before.value())) {
                return new Op.Delete();
            }
            if (dice < 9) {
                return new Op.ExpireAt(now + HOUR + random.nextInt((int) HOUR));
            }
            if (dice < 10) {
                return new Op.ExpireAt(now + 1500 + random.nextInt(3000));
            }
        }
        return switch (this) {
            case TEXT -> new Op.Set(unique + "|" + FILLER);
            case COUNTER -> new Op.Incr();
            case LIST -> new Op.Push(Long.toString(unique));
            case HASH -> new Op.Put("f" + random.nextInt(LONGEST), unique + "|" + FILLER);
            case ZSET -> new Op.Score("m" + random.nextInt(LONGEST), unique);
        };
    }

    List<String> read(String key) {
        return switch (this) {
            case TEXT, COUNTER -> List.of("GET", key);
            case LIST -> List.of("LRANGE", key, "0", "-1");
            case HASH -> List.of("HGETALL", key);
            case ZSET -> List.of("ZRANGE", key, "0", "-1", "WITHSCORES");
        };
    }

    /** The value in the answer to {@link #read}. */
    Value parse(Reply reply) {
        return switch (this) {
            case TEXT, COUNTER -> reply instanceof Reply.Nil ? Value.ABSENT : new Value.Text(reply.text());
            case LIST -> Value.items(reply.texts());
            case HASH, ZSET -> Value.fields(pairs(reply.texts()));
        };
    }

    private static Map<String, String> pairs(List<String> flat) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < flat.size(); i += 2) {
            pairs.put(flat.get(i), flat.get(i + 1));
        }
        return pairs;
    }

    private static boolean isLong(Value value) {
        return value instanceof Value.Items(List<String> items) && items.size() >= LONGEST;
    }
}
