package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.cli.local.ClusterStatus;
import io.codis.core.wire.Credentials;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Seed;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistoryReport;
import io.codis.testkit.history.HistorySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings that engines take while they run (decision 33): through the whole house, with clients at work. */
class LiveSettingsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Shape SHAPE = new Shape(2, 2, 2);

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aSettingIsSetTakenBackRefusedAndKeptThroughARestartAndNobodyNotices(Engine engine) {
        try (LocalCluster cluster = LocalCluster.start(engine, SHAPE)) {
            cluster.keepingLogs(() -> {
                try (HistoryChecker history = HistoryChecker.start(
                        HistorySettings.of(cluster.endpoints(), Seed.next()), cluster::groupOfSlot)) {
                    Map<String, String> runs = runs(cluster);
                    changes(cluster, history);
                    assertThat(runs(cluster)).as("no engine is another process").isEqualTo(runs);
                    HistoryReport report = history.soFar();
                    report.requireClean();
                    assertThat(report.unknown()).as("writes without an answer").isZero();
                    assertThat(report.turnedAway())
                            .as("connections turned away")
                            .isZero();

                    anotherRunHasThem(cluster);
                    ClusterScenarioIT.awaitWrites(history, 500);
                    history.finish().requireClean();
                }
            });
        }
    }

    private static void changes(LocalCluster cluster, HistoryChecker history) {
        String own = value(cluster.addresses().getFirst(), "slowlog-max-len", cluster);
        ClusterScenarioIT.awaitWrites(history, 500);

        String said = cluster.settings(SHAPE, "maxclients: '700', maxmemory: 900mb, slowlog-max-len: '7'");
        assertThat(said)
                .contains(
                        "set live at the servers, none is restarted: spec.redisSpec.redisConf.maxclients = 700, now the"
                                + " engine's default")
                .doesNotContain("restart server", "restart the servers");
        requireEverywhere(cluster, "maxclients", "700");
        requireEverywhere(cluster, "maxmemory", "943718400");
        ClusterScenarioIT.awaitWrites(history, 500);

        cluster.settings(SHAPE, "maxclients: '800', maxmemory: 900mb");
        requireEverywhere(cluster, "maxclients", "800");
        requireEverywhere(cluster, "slowlog-max-len", own);

        // what the trial engine of apply would not let pass
        Path file = cluster.settings("server-1-1");
        String before = read(file);
        write(file, before + "maxmemory-policy some\n");
        await("it is told")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(cluster.status().message())
                        .contains("SettingsRefused: server-1-1: ", "does not take 'maxmemory-policy some': argument(s)")
                        .endsWith("; correct spec.redisSpec.redisConf"));
        assertThat(cluster.status().phase()).isEqualTo(ClusterStatus.Phase.DEGRADED);
        write(file, before);
        cluster.awaitReady(LIMIT);
        ClusterScenarioIT.awaitWrites(history, 500);
    }

    /** Of one that leaves no time to anybody: its master is ended. */
    private static void anotherRunHasThem(LocalCluster cluster) {
        String master = cluster.master(1);
        Map<String, String> runs = runs(cluster);
        ChildProcess.signal(cluster.enginePid(master).orElseThrow(), "KILL");
        await("another run").atMost(LIMIT).until(() -> !runs(cluster).equals(runs));
        cluster.awaitSettled(Duration.ofSeconds(3), LIMIT);
        requireEverywhere(cluster, "maxclients", "800");
        requireEverywhere(cluster, "maxmemory", "943718400");
    }

    private static void requireEverywhere(LocalCluster cluster, String name, String value) {
        List<String> servers = cluster.addresses();
        assertThat(servers)
                .hasSize(4)
                .allSatisfy(server -> assertThat(value(server, name, cluster))
                        .as("%s of %s", name, server)
                        .isEqualTo(value));
    }

    private static String value(String server, String name, LocalCluster cluster) {
        var login = new Credentials("launcher", cluster.secret().derive("launcher-" + server));
        try (var engine = RedisConnection.connect(server, Duration.ofSeconds(5), login)) {
            return Replies.text(Replies.list(engine.call("CONFIG", "GET", name)).getLast());
        }
    }

    private static Map<String, String> runs(LocalCluster cluster) {
        var runs = new TreeMap<String, String>();
        for (Map.Entry<String, JsonNode> server :
                cluster.dashboardStats().path("group").path("stats").properties()) {
            String run = server.getValue().path("stats").path("run_id").asText();
            if (!run.isEmpty()) {
                runs.put(server.getKey(), run);
            }
        }
        return runs;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
