package io.codis.dashboard.migration;

import io.codis.infra.redis.InfoText;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import java.util.Map;
import java.util.Optional;

/** Whether an engine can take another one's keys (safety rule 5). */
final class TargetFit {

    /** Room that copies need beyond their size at the source: replication and client buffers, fragmentation. */
    private static final double HEADROOM = 1.1;

    private TargetFit() {}

    /** What the target lacks for {@code bytes} more in databases below {@code databases}, in words for people. */
    static Optional<String> lack(RedisConnection source, RedisConnection target, long bytes, int databases) {
        var from = InfoText.fields(Replies.text(source.call("INFO", "everything")));
        var to = InfoText.fields(Replies.text(target.call("INFO", "everything")));
        if (rdbVersion(to) < rdbVersion(from)) {
            return Optional.of("its engine is older than that of the source and cannot read its keys");
        }
        // SELECT inside MIGRATE would fail, and the keys would be restored into database 0
        if (Integer.parseInt("0" + Durability.setting(target, "databases")) < databases) {
            return Optional.of("it has fewer databases than the " + databases + " in use");
        }
        long limit = Long.parseLong(to.getOrDefault("maxmemory", "0"));
        long used = Long.parseLong(to.getOrDefault("used_memory", "0"));
        if (limit > 0 && used + bytes * HEADROOM > limit) {
            return Optional.of("its maxmemory of " + (limit >> 20) + " MiB has no room for " + (bytes >> 20)
                    + " MiB beside the " + (used >> 20) + " MiB in use");
        }
        if (persistence(source) > persistence(target)) {
            return Optional.of("it keeps less on disk than the source");
        }
        return Optional.empty();
    }

    /** 0 nothing, 1 snapshots, 2 an append-only file. A source whose snapshots are held back still counts as 1. */
    private static int persistence(RedisConnection engine) {
        if (Durability.setting(engine, "appendonly").equals("yes")) {
            return 2;
        }
        return Durability.keepsSnapshots(engine) ? 1 : 0;
    }

    /** Of DUMP payloads: an engine refuses those of a higher version than its own. Source: RDB_VERSION in rdb.h. */
    static int rdbVersion(Map<String, String> info) {
        String valkey = info.getOrDefault("valkey_version", "");
        String version = valkey.isEmpty() ? info.getOrDefault("redis_version", "0.0") : valkey;
        String[] parts = version.split("\\.", 3);
        int number = Integer.parseInt(parts[0]) * 100 + (parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
        if (!valkey.isEmpty()) {
            return number >= 900 ? 80 : 11;
        }
        if (number >= 704) {
            return 12;
        }
        if (number >= 702) {
            return 11;
        }
        return number >= 700 ? 10 : number >= 500 ? 9 : number >= 400 ? 8 : 7;
    }
}
