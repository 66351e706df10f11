package io.codis.core.spec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which settings an engine is given while it runs (decision 33): Redis 7.0 and Valkey 8 both take them by CONFIG SET, and
 * none says anything about data on disk. A name that nobody has thought about is not among them and restarts servers.
 */
public final class LiveSettings {

    private static final Set<String> NAMES = Set.of(
            "active-defrag-cycle-max",
            "active-defrag-cycle-min",
            "active-defrag-ignore-bytes",
            "active-defrag-max-scan-fields",
            "active-defrag-threshold-lower",
            "active-defrag-threshold-upper",
            "activedefrag",
            "client-output-buffer-limit",
            "dynamic-hz",
            "hash-max-listpack-entries",
            "hash-max-listpack-value",
            "hz",
            "latency-monitor-threshold",
            "lazyfree-lazy-eviction",
            "lazyfree-lazy-expire",
            "lazyfree-lazy-server-del",
            "lazyfree-lazy-user-del",
            "lazyfree-lazy-user-flush",
            "list-max-listpack-size",
            "loglevel",
            "maxclients",
            "maxmemory",
            "maxmemory-eviction-tenacity",
            "maxmemory-policy",
            "maxmemory-samples",
            "notify-keyspace-events",
            "repl-backlog-size",
            "repl-backlog-ttl",
            "repl-timeout",
            "slowlog-log-slower-than",
            "slowlog-max-len",
            "tcp-keepalive",
            "timeout",
            "zset-max-listpack-entries",
            "zset-max-listpack-value");

    private LiveSettings() {}

    public static Set<String> names() {
        return NAMES;
    }

    public static boolean has(String name) {
        return NAMES.contains(name.toLowerCase(Locale.ROOT));
    }

    /** The live ones of an engine's configuration file with one line for each. */
    public static SortedMap<String, String> in(String file) {
        var live = new TreeMap<String, String>();
        file.lines()
                .map(LiveSettings::words)
                .filter(words -> has(words[0]))
                .forEach(words -> live.put(words[0], words.length == 2 ? words[1] : ""));
        return live;
    }

    /** The other lines of the file. */
    public static String without(String file) {
        return file.lines()
                .filter(line -> !has(words(line)[0]))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static String[] words(String line) {
        return line.strip().split("\\s+", 2);
    }

    /** Of the live lines of an engine's configuration file, whatever else is in it; empty if there are none. */
    public static String digest(String file) {
        String lines = file.lines()
                .map(String::strip)
                .filter(line -> has(words(line)[0]))
                .sorted()
                .collect(Collectors.joining("\n"));
        return lines.isEmpty() ? "" : sha256(lines).substring(0, 16);
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
