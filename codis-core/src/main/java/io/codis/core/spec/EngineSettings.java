package io.codis.core.spec;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Settings for the engine, and the names of those that were left out because a wrong value would break the cluster.
 *
 * @param settings by lower-case name
 * @param refused names that Codis decides itself
 */
record EngineSettings(Map<String, String> settings, Set<String> refused) {

    /** The key that holds lines of a whole configuration file. */
    static final String FILE = "redis.conf";

    private static final String INCLUDE = "include";

    /** Roles, addresses, users and process handling belong to the launcher; a server that differs is no member. */
    private static final Set<String> DECIDED_HERE = Set.of(
            "aclfile",
            "appenddirname",
            "appendfilename",
            "bind",
            "cluster-enabled",
            "daemonize",
            "dbfilename",
            "dir",
            INCLUDE,
            "logfile",
            "masterauth",
            "masteruser",
            "min-replicas-max-lag",
            "min-replicas-to-write",
            "min-slaves-max-lag",
            "min-slaves-to-write",
            "pidfile",
            "port",
            "primaryauth",
            "primaryuser",
            "protected-mode",
            "rename-command",
            "replica-announce-ip",
            "replica-announce-port",
            "replica-read-only",
            "replica-serve-stale-data",
            "replicaof",
            "requirepass",
            "slave-announce-ip",
            "slave-announce-port",
            "slave-read-only",
            "slave-serve-stale-data",
            "slaveof",
            "supervised",
            "syslog-enabled",
            "tls-port",
            "unixsocket",
            "unixsocketperm",
            "user");

    static EngineSettings of(Map<String, String> redisConf) {
        var kept = new TreeMap<String, String>();
        var refused = new TreeSet<String>();
        written(redisConf).forEach((name, value) -> {
            if (DECIDED_HERE.contains(name)) {
                refused.add(name);
            } else {
                kept.put(name, value);
            }
        });
        return new EngineSettings(Map.copyOf(kept), Set.copyOf(refused));
    }

    /** All of them by lower-case name, also those that are left out. */
    static Map<String, String> written(Map<String, String> redisConf) {
        var written = new LinkedHashMap<String, String>();
        for (String line : redisConf.getOrDefault(FILE, "").split("\n", -1)) {
            String trimmed = line.strip();
            if (!trimmed.isEmpty() && trimmed.charAt(0) != '#') {
                String[] words = trimmed.split("\\s+", 2);
                String value = words.length == 2 ? words[1] : "";
                // A line such as "save 900 1" may stand more than once and then adds to the former ones.
                written.merge(words[0].toLowerCase(Locale.ROOT), value, EngineSettings::both);
            }
        }
        redisConf.forEach((name, value) -> {
            if (!name.equals(FILE)) {
                written.put(name.toLowerCase(Locale.ROOT), value);
            }
        });
        return written;
    }

    /** What is left out of the lines of a file, for people; empty if that is nothing. */
    static Optional<String> leftOut(Map<String, String> redisConf) {
        Set<String> refused = of(Map.of(FILE, redisConf.getOrDefault(FILE, ""))).refused();
        return refused.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "left out of redis.conf, as Codis sets them: " + String.join(", ", new TreeSet<>(refused)));
    }

    /** Where other files are asked for, and how: by key of {@code redisConf}. */
    static Map<String, String> included(Map<String, String> redisConf) {
        var included = new TreeMap<String, String>();
        redisConf.forEach((name, value) -> {
            if (name.equals(FILE)) {
                value.lines()
                        .map(String::strip)
                        .filter(line -> including(line.split("\\s+", 2)[0]))
                        .findFirst()
                        .ifPresent(line -> included.put(name, line));
            } else if (including(name)) {
                included.put(name, value);
            }
        });
        return included;
    }

    static boolean including(String name) {
        return name.equalsIgnoreCase(INCLUDE);
    }

    private static String both(String former, String latter) {
        return former + " " + latter;
    }

    static boolean decidedHere(String name) {
        return DECIDED_HERE.contains(name.toLowerCase(Locale.ROOT));
    }
}
