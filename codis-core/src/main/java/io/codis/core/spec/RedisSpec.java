package io.codis.core.spec;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The storage servers.
 *
 * @param replicas servers in total, a multiple of {@code perGroup}
 * @param perGroup servers of one group: its master and the others
 * @param port of the first server on one machine; the next servers take the next ports, launchers listen 10000 above
 * @param redisConf settings of the engine by name; the key {@code redis.conf} holds lines of such a file
 * @param maxmemory bytes; absent: what fits into the memory limit
 */
public record RedisSpec(
        int replicas,
        int perGroup,
        int port,
        Map<String, String> redisConf,
        OptionalLong maxmemory,
        Optional<String> logPath,
        Placement placement,
        ServerExtras extras) {

    /** Servers of a cluster. */
    static final int MOST = 9_999;

    public static final int MOST_PER_GROUP = 16;

    /** A snapshot forks the engine: pages that are written meanwhile exist twice. */
    private static final long MAXMEMORY_PERCENT = 75;

    public RedisSpec {
        redisConf = Map.copyOf(redisConf);
    }

    RedisSpec scaled(int groups, int members) {
        return new RedisSpec(groups * members, members, port, redisConf, maxmemory, logPath, placement, extras);
    }

    public int groups() {
        return replicas / perGroup;
    }

    /** The engine's settings, without those that Codis decides itself. */
    public Map<String, String> engineSettings() {
        return EngineSettings.of(redisConf).settings();
    }

    /** What the user has written of settings that engines read only when they start; some of it may be left out. */
    public Map<String, String> writtenForStart() {
        var written = new TreeMap<>(EngineSettings.written(redisConf));
        written.keySet().removeIf(LiveSettings::has);
        return written;
    }

    /** What is left out of the lines of a file, for people; empty if that is nothing. */
    public Optional<String> settingsLeftOut() {
        return EngineSettings.leftOut(redisConf);
    }

    /** What the engine is started with: the user's settings over ours. */
    public Map<String, String> startSettings() {
        var settings = new TreeMap<String, String>();
        settings.put("appendonly", "yes");
        placement.resources().memoryLimit().ifPresent(bytes -> {
            settings.put("maxmemory", "" + bytes / 100 * MAXMEMORY_PERCENT);
            settings.put("maxmemory-policy", "noeviction");
        });
        maxmemory.ifPresent(bytes -> {
            settings.put("maxmemory", "" + bytes);
            settings.put("maxmemory-policy", "noeviction");
        });
        settings.putAll(engineSettings());
        return settings;
    }

    /** The lines of the engine's configuration file that a server reads only when it starts. */
    public String startConfiguration() {
        return lines(name -> !LiveSettings.has(name));
    }

    /** Those that it also takes while it runs. */
    public String liveConfiguration() {
        return lines(LiveSettings::has);
    }

    private String lines(Predicate<String> which) {
        return startSettings().entrySet().stream()
                .filter(setting -> which.test(setting.getKey()))
                .map(setting -> setting.getKey() + " " + setting.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
