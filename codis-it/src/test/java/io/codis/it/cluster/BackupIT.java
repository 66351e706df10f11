package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.cli.backup.Backup;
import io.codis.cli.backup.Manifest;
import io.codis.core.problem.CodisException;
import io.codis.core.slot.SlotHash;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.json.Json;
import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Seed;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistorySettings;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Backups of a cluster that is written to and whose slots move, loaded by engines that know nothing of Codis. */
@Timeout(600)
class BackupIT {

    private static final int KEYS = 20_000;
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir
    private Path to;

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whatWasAcknowledgedBeforeItIsInIt(Engine engine) throws Exception {
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 1))) {
            write(cluster.endpoints().getFirst());
            try (HistoryChecker history =
                    HistoryChecker.start(HistorySettings.of(cluster.endpoints(), Seed.next()), cluster::groupOfSlot)) {
                cluster.beginScale(3);
                cluster.await("moves", LONG, status -> status.slots().moving() > 0);

                Backup.Made made = backup(cluster, engine, line -> {});

                assertThat(made.removed()).isEmpty();
                cluster.await(
                        "the moves that waited", LONG, status -> status.slots().moving() == 0);
                cluster.awaitReady(LONG);
                history.finish().requireClean();
                requireAll(engine, made);
            }
        }
    }

    @Test
    void whenTheDashboardDiesMeanwhileThereIsNoBackupAndTheNextOneIsWhole() throws Exception {
        Engine engine = Engines.redis7();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 1, 1))) {
            write(cluster.endpoints().getFirst());
            long before = cluster.pid("dashboard").orElseThrow();

            assertThatThrownBy(() -> backup(cluster, engine, line -> {
                        if (line.startsWith("group 1: ") && line.contains(" keys, ")) {
                            ChildProcess.signal(before, "KILL");
                            cluster.await(
                                    "another dashboard",
                                    LONG,
                                    status -> status.dashboard().up()
                                            && cluster.pid("dashboard").orElse(before) != before);
                        }
                    }))
                    .isInstanceOf(CodisException.class);

            try (var left = Files.list(to.resolve("scenario"))) {
                assertThat(left.map(path -> path.getFileName().toString())).containsExactly(".lock");
            }
            cluster.awaitReady(LONG);
            requireAll(engine, backup(cluster, engine, line -> {}));
        }
    }

    private Backup.Made backup(LocalCluster cluster, Engine engine, Consumer<String> progress)
            throws InterruptedException {
        String dashboard = URI.create(cluster.status().dashboard().url()).getAuthority();
        try (var api = DashboardApi.of(dashboard)) {
            return new Backup(api, cluster.secret(), engine.binary(), progress)
                    .make(new Backup.Order(to, api.product(), LONG, 7, Duration.ZERO));
        }
    }

    /** Each key in the snapshot of the group that owned its slot, with its value. */
    private static void requireAll(Engine engine, Backup.Made made) throws IOException {
        Path directory = Path.of(made.path());
        Manifest manifest = Json.read(Files.readAllBytes(directory.resolve("manifest.json")), Manifest.class);
        assertThat(manifest).isEqualTo(made.manifest());
        int[] owners = new int[SlotHash.SLOTS];
        manifest.slots().forEach(range -> java.util.Arrays.fill(owners, range.from(), range.to() + 1, range.group()));
        int found = 0;
        for (Manifest.Snapshot snapshot : manifest.groups()) {
            try (RedisServer restored = RedisServer.start(engine, Map.of())) {
                Files.copy(
                        directory.resolve(snapshot.file()), restored.directory().resolve("dump.rdb"));
                restored.kill();
                restored.restart();
                found += requireOf(owners, snapshot.group(), restored);
            }
        }
        assertThat(found).isEqualTo(KEYS);
    }

    private static int requireOf(int[] owners, int group, RedisServer restored) throws IOException {
        List<Integer> wanted = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            if (owners[SlotHash.slotOf(key(i).getBytes(StandardCharsets.UTF_8))] == group) {
                wanted.add(i);
            }
        }
        try (RespConnection connection = restored.connect()) {
            for (int i : wanted) {
                connection.send("GET", key(i));
            }
            connection.flush();
            for (int i : wanted) {
                assertThat(connection.read().text()).as(key(i)).isEqualTo("value " + i);
            }
        }
        return wanted.size();
    }

    private static void write(String endpoint) throws IOException {
        try (RespConnection connection = RespConnection.open(endpoint, Duration.ofSeconds(20))) {
            for (int i = 0; i < KEYS; i++) {
                connection.send("SET", key(i), "value " + i);
            }
            connection.flush();
            for (int i = 0; i < KEYS; i++) {
                assertThat(connection.read()).isNotInstanceOf(Reply.Failure.class);
            }
        }
    }

    private static String key(int i) {
        return "before:" + i;
    }
}
