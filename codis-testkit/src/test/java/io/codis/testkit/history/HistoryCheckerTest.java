package io.codis.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.testkit.Engines;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Seed;
import io.codis.testkit.history.Violation.Kind;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The checker against one real engine: calm, shaken, and tampered with behind its back. */
class HistoryCheckerTest {

    private static HistoryChecker start(RedisServer server) {
        return HistoryChecker.start(HistorySettings.of(List.of(server.address()), Seed.next()), slot -> 1);
    }

    private static void awaitWrites(HistoryChecker history, long more) {
        long start = history.soFar().acknowledged();
        Awaitility.await("writes")
                .atMost(Duration.ofSeconds(30))
                .until(() -> history.soFar().acknowledged() >= start + more);
    }

    @Test
    void aCalmServerIsFoundCleanAtWellOver200WritesPerSecond() {
        try (RedisServer server = RedisServer.start();
                HistoryChecker history = start(server)) {
            long from = System.nanoTime();
            awaitWrites(history, 2000);
            double seconds = (System.nanoTime() - from) / 1e9;
            assertThat(2000 / seconds).isGreaterThan(200);

            HistoryReport report = history.finish().requireClean();
            assertThat(report.reads()).isPositive();
            assertThat(report.unknown()).isZero();
        }
    }

    @Test
    void aRestartWithEveryWriteOnDiskLosesNothingAndShowsAsAGap() {
        try (RedisServer server =
                        RedisServer.start(Engines.redis7(), Map.of("appendonly", "yes", "appendfsync", "always"));
                HistoryChecker history = start(server)) {
            awaitWrites(history, 1000);
            server.kill();
            Awaitility.await("the clients to notice")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> history.soFar().closes() > 20);
            server.restart();
            awaitWrites(history, 1000);

            HistoryReport report = history.finish();
            // the engine says LOADING to those who come early: an error like any other
            assertThat(report.errors().keySet()).allMatch(kind -> kind.startsWith("LOADING"));
            assertThat(report.violations()).isEmpty();
            assertThat(report.longestGaps()).containsKey(1);
        }
    }

    @Test
    void aRestartFromNothingIsALossOfEverything() {
        try (RedisServer server = RedisServer.start();
                HistoryChecker history = start(server)) {
            awaitWrites(history, 1000);
            server.kill();
            server.restart();
            awaitWrites(history, 1000);

            HistoryReport report = history.finish();
            assertThat(report.kinds()).containsKey(Kind.LOST);
            assertThatThrownBy(report::requireClean).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void aFrozenServerGivesTimeoutsAndMaybesAndNoViolation() {
        try (RedisServer server = RedisServer.start();
                HistoryChecker history = start(server)) {
            awaitWrites(history, 1000);
            server.freeze();
            Awaitility.await("timeouts")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> history.soFar().timeouts() >= 20);
            server.thaw();
            awaitWrites(history, 1000);

            HistoryReport report = history.finish().requireClean();
            assertThat(report.unknown()).isPositive();
            assertThat(report.longestGap(0, Long.MAX_VALUE / 2, gap -> true)
                            .orElseThrow()
                            .millis())
                    .isGreaterThan(1900);
        }
    }

    @Test
    void whatSomebodyElseDoesToTheKeysIsFound() throws IOException {
        try (RedisServer server = RedisServer.start();
                HistoryChecker history = start(server);
                RespConnection saboteur = server.connect()) {
            awaitWrites(history, 2000);
            for (String key : saboteur.call("KEYS", "history:*").texts().stream()
                    .limit(120)
                    .toList()) {
                tamper(saboteur, key);
            }
            awaitWrites(history, 3000);

            Map<Kind, Long> kinds = history.finish().kinds();
            assertThat(kinds).containsKeys(Kind.LOST, Kind.DUPLICATED, Kind.FOREIGN, Kind.TTL);
        }
    }

    private static void tamper(RespConnection saboteur, String key) throws IOException {
        Reply done = switch (key.substring(key.lastIndexOf(':') + 1)) {
            case "counter" -> saboteur.call("INCR", key);
            case "list" ->
                saboteur.call("RPUSH", key, saboteur.call("LINDEX", key, "-1").text());
            case "hash" -> saboteur.call("HSET", key, "f1", "rubbish");
            case "zset" -> saboteur.call("DEL", key);
            default -> saboteur.call("EXPIRE", key, "100");
        };
        assertThat(done).isInstanceOf(Reply.Num.class);
    }

    @Test
    void errorRepliesAreCountedByTheirText() {
        try (RedisServer server = RedisServer.start();
                HistoryChecker history = start(server)) {
            awaitWrites(history, 500);
            server.call("CONFIG", "SET", "min-replicas-to-write", "1").text();
            Awaitility.await("errors")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !history.soFar().errors().isEmpty());
            server.call("CONFIG", "SET", "min-replicas-to-write", "0").text();

            HistoryReport report = history.finish();
            assertThat(report.errors().keySet()).allMatch(kind -> kind.startsWith("NOREPLICAS"));
            assertThat(report.violations()).isEmpty();
            assertThatThrownBy(report::requireClean).isInstanceOf(AssertionError.class);
        }
    }
}
