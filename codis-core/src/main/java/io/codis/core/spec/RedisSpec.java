package io.codis.core.spec;

import java.util.Map;
import java.util.Optional;

/**
 * The storage servers.
 *
 * @param replicas servers in total, a multiple of {@code perGroup}
 * @param perGroup servers of one group: its master and the others
 * @param port of the first server on one machine; the next servers take the next ports, launchers listen 10000 above
 * @param redisConf settings of the engine by name; the key {@code redis.conf} holds lines of such a file
 */
public record RedisSpec(
        int replicas,
        int perGroup,
        int port,
        Map<String, String> redisConf,
        Optional<String> logPath,
        Placement placement,
        ServerExtras extras) {

    public RedisSpec {
        redisConf = Map.copyOf(redisConf);
    }

    public int groups() {
        return replicas / perGroup;
    }

    /** The engine's settings, without those that Codis decides itself. */
    public Map<String, String> engineSettings() {
        return EngineSettings.of(redisConf).settings();
    }
}
