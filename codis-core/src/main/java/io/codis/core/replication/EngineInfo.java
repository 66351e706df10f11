package io.codis.core.replication;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the control plane reads from a whole INFO.
 *
 * @param version such as {@code redis 7.0.15} or {@code valkey 8.0.1}
 * @param runId new with every start of the process
 * @param loading its data is still being read from disk
 * @param usedMemory bytes
 * @param keyspace by database; databases without keys are not in it
 */
public record EngineInfo(
        String version,
        String runId,
        boolean loading,
        long usedMemory,
        SortedMap<Integer, Keyspace> keyspace,
        ReplicationInfo replication) {

    private static final Pattern DATABASE = Pattern.compile("db(\\d{1,9})");

    /** @param expires keys that have a time to live */
    public record Keyspace(long keys, long expires) {}

    public static EngineInfo parse(String info) {
        var fields = InfoFields.parse(info);
        return new EngineInfo(
                version(fields),
                fields.text("run_id"),
                fields.flag("loading"),
                fields.number("used_memory", 0),
                keyspace(fields),
                ReplicationInfo.of(fields));
    }

    /** Keys of all databases. */
    public long keys() {
        return keyspace.values().stream().mapToLong(Keyspace::keys).sum();
    }

    private static String version(InfoFields fields) {
        String valkey = fields.text("valkey_version");
        return valkey.isEmpty() ? "redis " + fields.text("redis_version") : "valkey " + valkey;
    }

    private static SortedMap<Integer, Keyspace> keyspace(InfoFields fields) {
        var keyspace = new TreeMap<Integer, Keyspace>();
        fields.values().forEach((name, value) -> {
            var matcher = DATABASE.matcher(name);
            if (matcher.matches()) {
                var pairs = InfoFields.pairs(value);
                keyspace.put(
                        Integer.parseInt(matcher.group(1)),
                        new Keyspace(
                                InfoFields.number(name, pairs.getOrDefault("keys", "0")),
                                InfoFields.number(name, pairs.getOrDefault("expires", "0"))));
            }
        });
        return keyspace;
    }
}
