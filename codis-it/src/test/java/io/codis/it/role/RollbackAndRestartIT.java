package io.codis.it.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.replication.ReplicationInfo;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.role.RoleTimes;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Safety rules 10 and 12 where things go wrong half-way. */
class RollbackAndRestartIT {

    /** One entry, none deleted, one field and its name, as a stream's first node has them in a snapshot. */
    private static final byte[] FIRST_OF_A_STREAM = {1, 1, 0, 1, 1, 1, (byte) 0x84, 'a', 'a', 'a', 'a'};
    /** In place of a number: what follows is said to be a text of gigabytes. */
    private static final byte LONG_TEXT = (byte) 0xf0;

    private static final RoleTimes TIMES =
            new RoleTimes(Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(6), Duration.ofMillis(100));

    static Stream<Arguments> enginesAndSignals() {
        return Engines.all().flatMap(engine -> Stream.of("KILL", "STOP").map(signal -> Arguments.of(engine, signal)));
    }

    /** Between the fence of the old master and the role of the new one. */
    @ParameterizedTest
    @MethodSource("enginesAndSignals")
    void aCandidateThatFailsAfterTheFenceLeavesTheOldMasterUnderANewEpoch(Engine engine, String signal)
            throws Exception {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer old = cluster.master();
            LauncherServer candidate =
                    cluster.byAddress(cluster.group().candidates().getFirst());
            long epoch = cluster.group().epoch();
            write(old, cluster, 0, 100);
            long victim = candidate.enginePid();
            Thread striker;
            try (var watched = old.as("launcher")) {
                striker = Thread.ofPlatform().start(() -> {
                    awaitFence(watched);
                    ChildProcess.signal(victim, signal);
                });
                switchOver(cluster, candidate.address());
                striker.join();
            }

            cluster.awaitReady();

            assertThat(cluster.master()).isSameAs(old);
            assertThat(cluster.group().epoch()).isGreaterThan(epoch);
            assertThat(old.state().role()).isEqualTo(ServerState.Role.MASTER);
            try (var client = cluster.client(old)) {
                assertThat(Replies.number(client.call("DBSIZE"))).isEqualTo(100);
                client.call("SET", "it", "serves");
            }
        }
    }

    /** One replica stood still before the last writes; in whatever order they come back, it is not chosen. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void afterARestartOfAllTheNewestWinsInWhateverOrderTheyComeBack(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 3, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            int keys = 0;
            for (List<Integer> order : orders()) {
                LauncherServer master = cluster.master();
                var replicas = cluster.servers.stream().filter(s -> s != master).toList();
                write(master, cluster, keys, keys + 10);
                replicas.getFirst().kill();
                write(master, cluster, keys + 10, keys + 20);
                keys += 20;
                awaitRecorded(master, cluster);
                List.of(master, replicas.getLast()).forEach(LauncherServer::kill);
                var all = List.of(replicas.getFirst(), replicas.getLast(), master);

                order.forEach(number -> all.get(number).start());

                cluster.awaitReady();
                try (var client = cluster.client(cluster.master())) {
                    assertThat(Replies.number(client.call("DBSIZE")))
                            .as("order " + order)
                            .isEqualTo(keys);
                }
            }
        }
    }

    @Test
    void whoeverIsBackWaitsForTheOthersAndThenAsksAPerson() throws IOException {
        try (var cluster = new RoleCluster(Engines.redis7(), 3, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer master = cluster.master();
            var replicas = cluster.servers.stream().filter(s -> s != master).toList();
            write(master, cluster, 0, 10);
            replicas.getFirst().kill();
            write(master, cluster, 10, 20);
            awaitRecorded(master, cluster);
            List.of(master, replicas.getLast()).forEach(LauncherServer::kill);

            replicas.getFirst().start();

            cluster.await("a person is asked", () -> cluster.notices.containsKey(Reason.NEEDS_DECISION.word()));
            assertThat(replicas.getFirst().state().role()).isEqualTo(ServerState.Role.FENCED);
            master.start();
            replicas.getLast().start();
            cluster.awaitReady();
            try (var client = cluster.client(cluster.master())) {
                assertThat(Replies.number(client.call("DBSIZE"))).isEqualTo(20);
            }
            assertThat(cluster.notices).doesNotContainKey(Reason.NEEDS_DECISION.word());
        }
    }

    /** As after {@code codis down}: the dashboard stops first, then the servers. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMasterThatEndedInGoodOrderComesBackWithoutItsReplica(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer master = cluster.master();
            write(master, cluster, 0, 10);
            long epoch = cluster.group().epoch();
            cluster.stopLeading();
            cluster.servers.forEach(
                    server -> ChildProcess.signal(server.process().pid(), "TERM"));
            cluster.servers.forEach(server -> server.process().awaitEnd(Duration.ofSeconds(20)));

            master.start();
            assertThat(master.state().wholeEpoch()).isEqualTo(epoch);
            cluster.lead();

            master.await("it is master again", s -> s.role() == ServerState.Role.MASTER);
            assertThat(master.state().wholeEpoch()).isZero();
            try (var client = cluster.client(master)) {
                assertThat(Replies.number(client.call("DBSIZE"))).isEqualTo(10);
            }
        }
    }

    /** The first master's good end says nothing of what the next one took. */
    @Test
    void aGoodEndBeforeAnotherMasterProvesNothing() throws IOException {
        try (var cluster = new RoleCluster(Engines.redis7(), 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer first = cluster.master();
            write(first, cluster, 0, 10);
            cluster.stopLeading();
            first.process().stop();
            cluster.lead();
            cluster.await("the other is master", () -> cluster.master() != first);
            LauncherServer second = cluster.master();
            second.await("it serves", s -> s.role() == ServerState.Role.MASTER);
            try (var client = cluster.client(second)) {
                client.call("SET", "later", "1");
            }
            second.kill();

            first.start();

            assertThat(first.state().wholeEpoch()).isPositive();
            cluster.await("a person is asked", () -> cluster.notices.containsKey(Reason.NEEDS_DECISION.word()));
            assertThat(first.state().role()).isEqualTo(ServerState.Role.FENCED);
        }
    }

    /** As a full disk or a power cut leaves it; first the master's, whose replica takes over, then a replica's. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMemberWhoseFileIsDamagedTakesAllFromItsMasterAndKeepsTheFile(Engine engine) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer damaged = cluster.master();
            write(damaged, cluster, 0, 10);
            for (int round = 0; round < 2; round++) {
                damaged.kill();
                zeros(damaged);

                damaged.launch();

                damaged.await("it follows", s -> s.role() == ServerState.Role.REPLICA && s.linkUp());
                cluster.awaitReady();
                assertThat(damaged.state().keys()).isEqualTo(10);
                assertThat(files(damaged, "damaged-")).hasSize(1);
            }
        }
    }

    /** What the last rewrite wrote is not what it was: its checksum; what no engine looks at before it falls over it. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aMemberWhoseSnapshotIsDamagedTakesAllFromItsMaster(Engine engine) throws IOException {
        aSnapshotIsDamaged(engine, bytes -> bytes[bytes.length - 4] ^= 1);
        aSnapshotIsDamaged(engine, bytes -> bytes[indexOf(bytes, FIRST_OF_A_STREAM)] = LONG_TEXT);
    }

    private static void aSnapshotIsDamaged(Engine engine, Consumer<byte[]> damage) throws IOException {
        try (var cluster = new RoleCluster(engine, 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer damaged = cluster.master();
            write(damaged, cluster, 0, 1000);
            try (var client = cluster.client(damaged)) {
                client.call("XADD", "stream", "*", "aaaa", "b");
                client.call("BGREWRITEAOF");
            }
            damaged.await("rewritten", s -> snapshotBytes(damaged) > 5000);
            damaged.kill();
            Path snapshot = snapshot(damaged);
            byte[] bytes = Files.readAllBytes(snapshot);
            damage.accept(bytes);
            Files.write(snapshot, bytes);

            damaged.launch();

            damaged.await("it follows", s -> s.role() == ServerState.Role.REPLICA && s.linkUp());
            cluster.awaitReady();
            assertThat(damaged.state().keys()).isEqualTo(1001);
            assertThat(files(damaged, "damaged-")).hasSize(1);
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        return IntStream.range(0, all.length - part.length)
                .filter(at -> Arrays.equals(all, at, at + part.length, part, 0, part.length))
                .findFirst()
                .orElseThrow();
    }

    private static Path snapshot(LauncherServer server) throws IOException {
        return files(server, "").stream()
                .filter(each -> each.toString().endsWith(".base.rdb"))
                .filter(each -> !each.toString().contains("damaged-"))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static long snapshotBytes(LauncherServer server) {
        try {
            return Files.size(snapshot(server));
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void theOnlyCopyIsLeftAsItIsAndSaidToBeDamaged() throws IOException {
        try (var cluster = new RoleCluster(Engines.redis7(), 1, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            LauncherServer only = cluster.master();
            try (var client = cluster.client(only)) {
                client.call("SET", "k", "v");
            }
            only.kill();
            zeros(only);

            only.launch();

            only.await(
                    "it says why", s -> s.damaged() && s.trouble().contains("Bad file format reading the append only"));
            cluster.await("a person is asked", () -> cluster.notices.containsKey(Reason.NEEDS_DECISION.word()));
            cluster.await(
                    "with the engine's words",
                    () -> cluster.notices
                            .get(Reason.NEEDS_DECISION.word())
                            .contains("does not start: Bad file format"));
            assertThat(only.process().isAlive()).isTrue();
            assertThat(files(only, "damaged-")).isEmpty();
        }
    }

    /** Where the engine appends. */
    private static void zeros(LauncherServer server) throws IOException {
        Path file = files(server, "").stream()
                .filter(each ->
                        each.toString().endsWith(".aof") && !each.toString().contains("damaged-"))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        Files.write(file, new byte[100], StandardOpenOption.APPEND);
    }

    /** Whose name begins so. */
    private static List<Path> files(LauncherServer server, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(server.directory())) {
            return files.filter(each -> each.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    @Test
    void aGroupWithoutStorageWhoseServersWereAllGoneAtOnceBeginsAgain() throws IOException {
        try (var cluster = new RoleCluster(Engines.redis7(), 2, TIMES, true)) {
            cluster.lead();
            cluster.awaitReady();
            cluster.ownSlots();
            write(cluster.master(), cluster, 0, 10);
            long epoch = cluster.group().epoch();

            cluster.replaceAll();

            cluster.await("another master", () -> cluster.group().epoch() > epoch);
            cluster.awaitReady();
            assertThat(cluster.notices.get(Reason.DATA_GONE.word())).contains("the data of group 1 is gone");
            try (var client = cluster.client(cluster.master())) {
                assertThat(Replies.number(client.call("DBSIZE"))).isZero();
            }
        }
    }

    @Test
    void aGroupWhoseVolumesAllCameBackEmptyWaitsForAPersonWhoAcceptsTheLoss() throws IOException {
        try (var cluster = new RoleCluster(Engines.redis7(), 2, TIMES)) {
            cluster.lead();
            cluster.awaitReady();
            write(cluster.master(), cluster, 0, 10);
            long epoch = cluster.group().epoch();
            assertThatThrownBy(() -> cluster.roles().acceptLoss(RoleCluster.GROUP))
                    .hasMessageContaining("has a master that serves; nothing has to be given up");

            cluster.replaceAll();

            cluster.await("a person is asked", () -> cluster.notices.containsKey(Reason.NEEDS_DECISION.word()));
            assertThat(cluster.notices.get(Reason.NEEDS_DECISION.word()))
                    .contains("came back without the group's data");
            assertThat(cluster.group().epoch()).isEqualTo(epoch);
            assertThat(cluster.roles().acceptLoss(RoleCluster.GROUP).keys()).isZero();
            cluster.awaitReady();
            assertThat(cluster.notices).isEmpty();
        }
    }

    private static List<List<Integer>> orders() {
        var orders = new ArrayList<List<Integer>>();
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) {
                if (a != b) {
                    orders.add(List.of(a, b, 3 - a - b));
                }
            }
        }
        return orders;
    }

    /** Its volume knows how far its data has come, and every write is in its append-only file. */
    /** In the history that it serves now: what was recorded before its promotion counts in another one. */
    private static void awaitRecorded(LauncherServer server, RoleCluster cluster) {
        try (var client = cluster.client(server)) {
            var now = (ReplicationInfo.Master) ReplicationInfo.parse(Replies.text(client.call("INFO", "replication")));
            server.await(
                    "its offset is recorded",
                    ignored -> server.identity().path("replid").asText().equals(now.replid())
                            && server.identity().path("offset").asLong() >= now.offset());
        }
    }

    private static void awaitFence(RedisConnection engine) {
        try {
            while (!Replies.text(engine.call("INFO", "replication")).contains("role:slave")) {
                Thread.onSpinWait();
            }
        } catch (CodisException e) {
            // it restarted; the test will say what it finds
        }
    }

    private static void switchOver(RoleCluster cluster, String next) {
        try {
            cluster.roles().switchover(RoleCluster.GROUP, next);
        } catch (CodisException e) {
            assertThat(e.reason()).isNotEqualTo(Reason.INTERNAL);
        }
    }

    private static void write(LauncherServer master, RoleCluster cluster, int from, int to) {
        try (var client = cluster.client(master)) {
            for (int i = from; i < to; i++) {
                client.call("SET", "key" + i, i);
            }
            assertThat(Replies.number(client.call("WAIT", 1, 5000))).isGreaterThanOrEqualTo(1);
        }
    }
}
