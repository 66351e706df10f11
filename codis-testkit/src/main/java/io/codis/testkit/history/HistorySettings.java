package io.codis.testkit.history;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much load, and where.
 *
 * @param endpoints {@code host:port} of the proxies; a client whose connection ends goes on at the next one
 * @param password for AUTH, null for none
 * @param writers at least 4, each on a connection of its own, many requests in flight
 * @param readers beside them
 * @param pulses connections with one request at a time on one slot each; they measure gaps
 * @param pipeline requests in flight per writer
 * @param writesPerSecond of all writers together, at most
 * @param timeout of each request
 */
public record HistorySettings(
        List<String> endpoints,
        @Nullable String password,
        long seed,
        int writers,
        int readers,
        int pulses,
        int pipeline,
        int writesPerSecond,
        Duration timeout) {

    /** Four writers, two readers, 16 pulses, 1000 writes/s beside the pulses, 2 s. */
    public static HistorySettings of(List<String> endpoints, long seed) {
        return new HistorySettings(endpoints, null, seed, 4, 2, 16, 16, 1000, Duration.ofSeconds(2));
    }

    public HistorySettings withPassword(String word) {
        return new HistorySettings(endpoints, word, seed, writers, readers, pulses, pipeline, writesPerSecond, timeout);
    }

    public HistorySettings withTimeout(Duration most) {
        return new HistorySettings(
                endpoints, password, seed, writers, readers, pulses, pipeline, writesPerSecond, most);
    }

    public HistorySettings withWritesPerSecond(int most) {
        return new HistorySettings(endpoints, password, seed, writers, readers, pulses, pipeline, most, timeout);
    }
}
