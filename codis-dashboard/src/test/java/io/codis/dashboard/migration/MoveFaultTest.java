package io.codis.dashboard.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.codis3.ProxyStats.WantedKey;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.Reason;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.MemberCommand;
import io.codis.core.topology.SlotCommand;
import io.codis.dashboard.TestDashboard;
import io.codis.dashboard.TestServer;
import io.codis.dashboard.stats.Conditions;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.testkit.Engines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a move does when something is in its way. */
class MoveFaultTest {

    private static final Map<String, String> AOF = Map.of("appendonly", "yes");
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final MemoryCoordinator.Store store = new MemoryCoordinator.Store();
    private TestServer one;
    private TestServer two;
    private TestDashboard dashboard;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    /** Safety rule 4: after a broken MIGRATE nobody enters by that login again. */
    @Test
    void aTargetThatHangsLosesTheLoginOfTheMoveAndTheMoveGoesOnUnderTheNextOne() throws IOException {
        var froze = new AtomicReference<>("");
        cluster(AOF, AOF, step -> {
            if (step.equals("MIGRATE") && froze.get().isEmpty()) {
                froze.set(two.users("mig-").getFirst());
                two.redis().freeze();
            }
        });
        fill(one, 2000, 64);
        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));
        await().atMost(PATIENCE).until(() -> conditions(Reason.MOVE_FAILED).size() == 1);

        two.redis().thaw();

        awaitMoved();
        assertThat(froze.get()).isNotEmpty();
        assertThat(two.users(froze.get())).isEmpty();
        assertThat(two.keys()).isEqualTo(2000);
        assertThat(one.keys()).isZero();
        assertThat(conditions(Reason.MOVE_FAILED)).isEmpty();
    }

    @Test
    void theLoginIsReplacedWhenAProxySaysThatAMigrateOfItsOwnBroke() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        fill(one, 3000, 64);
        dashboard.settings().interval(100_000);
        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));
        await().atMost(PATIENCE).until(() -> two.keys() > 0);
        String broken = two.users("mig-").getFirst();

        dashboard.mover().loginBroken(1, broken);

        await().atMost(PATIENCE).until(() -> !two.users("mig-").contains(broken));
        dashboard.settings().interval(0);
        awaitMoved();
        assertThat(two.keys()).isEqualTo(3000);
    }

    /** The source's own count of broken MIGRATEs, whoever sent them (decision 5). */
    @Test
    void aMigrateThatBrokeForSomebodyElseReplacesTheLoginToo() throws IOException {
        var user = new AtomicReference<>("");
        cluster(AOF, AOF, step -> {
            if (step.equals("copied") && user.get().isEmpty()) {
                user.set(two.users("mig-").getFirst());
                one.call("SET", "own", "v");
                // nobody listens there
                one.call("MIGRATE", "127.0.0.1", "1", "own", "0", "100", "COPY");
            }
        });
        fill(one, 1000, 64);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved();
        assertThat(two.users(user.get())).isEmpty();
        assertThat(dashboard.state().topology().group(1).moveGeneration())
                .isGreaterThan(Long.parseLong(user.get().substring("mig-1-".length())));
        assertThat(one.call("INFO", "errorstats").text()).doesNotContain("errorstat_IOERR");
    }

    /** Safety rule 5: whatever lies at the target from before must not be taken for the moved key. */
    @Test
    void keysAtATargetThatDoesNotOwnThemHoldTheMoveUpUntilSomebodyRemovedThem() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        one.call("SET", "a", "right").text();
        two.call("SET", "a", "left over").text();

        dashboard.state().commit(new SlotCommand.CreateMove(579, 2));

        await().atMost(PATIENCE).until(() -> conditions(Reason.FOREIGN_KEYS).size() == 1);
        assertThat(conditions(Reason.FOREIGN_KEYS).getFirst().message()).contains("579");
        assertThat(one.call("GET", "a").text()).isEqualTo("right");
        two.call("DEL", "a").text();
        await().atMost(PATIENCE)
                .until(() -> dashboard.state().topology().slot(579).group() == 2);
        assertThat(two.call("GET", "a").text()).isEqualTo("right");
    }

    /** Safety rule 5: whoever rebuilds the map must find the move, and not an owner. */
    @Test
    void bothSidesHaveTheMoveOnTheirVolumesBeforeAKeyMayBeOnBoth() throws IOException {
        var told = new ArrayList<Integer>();
        cluster(AOF, AOF, step -> {
            if (step.equals("PREPARED")) {
                for (TestServer server : List.of(one, two)) {
                    server.map().slots().stream()
                            .filter(s -> s.action() instanceof SlotAction.Preparing)
                            .forEach(s -> told.add(s.id()));
                }
                told.add(one.maps() + two.maps());
            }
        });
        fill(one, 100, 64);
        int before = one.maps() + two.maps();

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 511, 2));

        await().atMost(PATIENCE).until(() -> owned(2) == 512);
        assertThat(told).hasSize(2 * 512 + 1);
        assertThat(told.getLast() - before).as("calls for 512 slots").isEqualTo(2);
    }

    @Test
    void aMoveThatAServerCannotWriteDownDoesNotBeginAndLocksNobodyOut() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        two.forgetful(true);
        fill(one, 100, 64);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        await().atMost(PATIENCE).until(() -> conditions(Reason.MOVE_FAILED).size() == 1);
        assertThat(conditions(Reason.MOVE_FAILED).getFirst().message()).contains("the volume is full");
        await().atMost(PATIENCE)
                .until(() -> dashboard.state().topology().slots().stream()
                        .allMatch(s -> s.action() instanceof SlotAction.Pending));
        assertThat(one.keys()).isEqualTo(100);
        assertThat(two.keys()).isZero();
        two.forgetful(false);
        awaitMoved();
        assertThat(two.keys()).isEqualTo(100);
    }

    /** Safety rule 5: what a power cut brought back of a slot that has left is older than what came since. */
    @Test
    void leftoversOfASlotThatHasLeftDoNotStandInTheWayOfItsReturn() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        one.call("SET", "a", "old").text();
        dashboard.state().commit(new SlotCommand.CreateMove(579, 2));
        await().atMost(PATIENCE).until(() -> owner(579) == 2);
        two.call("SET", "a", "new").text();
        one.call("SET", "a", "old").text();

        dashboard.state().commit(new SlotCommand.CreateMove(579, 1));

        await().atMost(PATIENCE).until(() -> owner(579) == 1);
        assertThat(one.call("GET", "a").text()).isEqualTo("new");
        assertThat(dashboard.state().topology().group(1).away()).isEmpty();
        assertThat(dashboard.state().topology().group(2).away()).containsExactly(579);
    }

    @Test
    void leftoversAreRemovedAndWhatNobodyRecordedIsOnlyTold() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        dashboard.state().commit(new SlotCommand.CreateMove(579, 2));
        await().atMost(PATIENCE).until(() -> owner(579) == 2);
        one.call("SET", "a", "left over").text();
        one.call("SET", "own", "stays").text();
        two.call("SET", "foreign", "a person decides").text();

        await().atMost(PATIENCE)
                .until(() -> one.keys() == 1 && conditions(Reason.FOREIGN_KEYS).size() == 1);

        assertThat(one.call("GET", "own").text()).isEqualTo("stays");
        assertThat(two.call("GET", "foreign").text()).isEqualTo("a person decides");
        assertThat(conditions(Reason.FOREIGN_KEYS).getFirst().object()).contains(two.address());
    }

    @Test
    void aTargetWithoutRoomIsRefusedBeforeAnythingMoves() throws IOException {
        cluster(
                AOF,
                Map.of("appendonly", "yes", "maxmemory", "3mb", "maxmemory-policy", "noeviction"),
                Interruption.NONE);
        fill(one, 3000, 1000);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        await().atMost(PATIENCE).until(() -> conditions(Reason.TARGET_UNFIT).size() == 1);
        assertThat(conditions(Reason.TARGET_UNFIT).getFirst().message()).contains("maxmemory of 3 MiB");
        assertThat(one.keys()).isEqualTo(3000);
        assertThat(two.keys()).isZero();
        two.call("CONFIG", "SET", "maxmemory", "0").text();
        awaitMoved();
        assertThat(two.keys()).isEqualTo(3000);
    }

    @Test
    void aTargetThatKeepsLessOnDiskIsRefused() {
        cluster(AOF, Map.of(), Interruption.NONE);

        dashboard.state().commit(new SlotCommand.CreateMove(0, 2));

        await().atMost(PATIENCE).until(() -> conditions(Reason.TARGET_UNFIT).size() == 1);
        assertThat(conditions(Reason.TARGET_UNFIT).getFirst().message()).contains("keeps less on disk");
    }

    @Test
    void aBigKeyIsMovedAloneAndReported() throws IOException {
        var reported = new AtomicReference<>("");
        cluster(AOF, AOF, step -> {
            if (step.equals("confirmed") && !conditions(Reason.BIG_KEY).isEmpty()) {
                reported.set(conditions(Reason.BIG_KEY).getFirst().message());
            }
        });
        fill(one, 100, 64);
        one.call("SET", "big", "x".repeat(10 << 20)).text();

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved();
        assertThat(reported.get()).contains("\"big\"").contains("MiB");
        assertThat(two.call("STRLEN", "big").number()).isEqualTo(10 << 20);
        await().atMost(PATIENCE).until(() -> conditions(Reason.BIG_KEY).isEmpty());
    }

    /** Safety rule 7: requests wait at a proxy for that key. */
    @Test
    void aKeyThatAProxyWaitsForGoesBeforeWhatTheScanFinds() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        fill(one, 10_000, 64);
        dashboard.settings().interval(500_000);
        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));
        await().atMost(PATIENCE).until(() -> two.keys() > 0);
        String wanted = one.call("RANDOMKEY").text();

        dashboard
                .mover()
                .keyWanted(new WantedKey(
                        1, 0, Base64.getEncoder().encodeToString(wanted.getBytes(StandardCharsets.UTF_8)), 5_000_000));

        await().atMost(PATIENCE).until(() -> one.call("EXISTS", wanted).number() == 0);
        assertThat(two.call("EXISTS", wanted).number()).isOne();
        assertThat(one.keys()).as("most of the others are still there").isGreaterThan(5000);
        dashboard.settings().interval(0);
        awaitMoved();
        assertThat(two.keys()).isEqualTo(10_000);
    }

    @Test
    void aMoveOnItsWayIsTurnedRound() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        fill(one, 5000, 64);
        dashboard.settings().interval(200_000);
        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));
        await().atMost(PATIENCE).until(() -> two.keys() > 0);

        for (int slot = 0; slot < 1024; slot++) {
            dashboard.mover().rollBack(slot);
        }
        dashboard.settings().interval(0);

        await().atMost(PATIENCE).until(() -> owned(1) == 1024);
        assertThat(one.keys()).isEqualTo(5000);
        assertThat(two.keys()).isZero();
    }

    /** Safety rule 3, engines with snapshots only: what the source had on disk is on the target's before it may go. */
    @Test
    void withSnapshotsOnlyTheTargetHasSavedBeforeTheMoveEnds() throws IOException {
        var snapshots = Map.of("save", "3600 1");
        cluster(snapshots, snapshots, step -> {
            if (step.equals("copied")) {
                assertThat(one.call("CONFIG", "GET", "save").texts()).containsExactly("save", "");
            }
        });
        fill(one, 500, 64);
        one.call("SAVE").text();

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved();
        one.redis().kill();
        two.redis().kill();
        one.restart();
        two.restart();
        assertThat(two.keys()).isEqualTo(500);
    }

    /** Safety rule 1: after the barrier only the target is written to, so what is there already is newer or the same. */
    @Test
    void aValueThatIsAtTheTargetAlreadyIsNotOverwritten() throws IOException {
        cluster(AOF, AOF, step -> {
            if (step.equals("MIGRATE")) {
                two.call("SET", "k1", "written after the barrier");
            }
        });
        fill(one, 100, 64);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved();
        assertThat(two.call("GET", "k1").text()).isEqualTo("written after the barrier");
        assertThat(two.keys()).isEqualTo(100);
        assertThat(one.keys()).isZero();
    }

    /** Safety rule 8: a copy that was made while a server stood still does not live longer than its original. */
    @Test
    void aCopyThatCameLateExpiresWhenItsOriginalWouldHave() throws IOException {
        long expires = System.currentTimeMillis() + 600_000;
        cluster(AOF, AOF, step -> {
            if (step.equals("MIGRATE")) {
                two.call("SET", "late", "v", "PXAT", Long.toString(expires + 4000));
                two.call("SET", "foreign", "v", "PXAT", Long.toString(expires + 400_000));
            }
        });
        one.call("SET", "late", "v", "PXAT", Long.toString(expires)).text();
        one.call("SET", "foreign", "v", "PXAT", Long.toString(expires)).text();
        fill(one, 100, 64);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved();
        assertThat(two.call("PEXPIRETIME", "late").number()).isEqualTo(expires);
        assertThat(two.call("PEXPIRETIME", "foreign").number())
                .as("no copy of it")
                .isEqualTo(expires + 400_000);
        assertThat(two.keys()).isEqualTo(102);
    }

    /** Safety rule 2: from the end of the move on, nobody waits for the source before a write at the target. */
    @Test
    void aMoveDoesNotEndWhileACandidateOfTheSourceHasNotSeenTheRemovals() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        TestServer replica = candidate(1, one);
        fill(one, 300, 64);
        replica.redis().freeze();
        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));
        await().atMost(PATIENCE).until(() -> one.keys() == 0);
        await().atMost(PATIENCE).until(() -> conditions(Reason.MOVE_FAILED).size() == 1);
        assertThat(owned(2)).isZero();

        replica.redis().thaw();

        awaitMoved();
        assertThat(replica.keys()).isZero();
    }

    /** Safety rule 3: a power cut may take what is not on disk, so the copy is there before the key leaves its source. */
    @Test
    void aTargetWritesThroughToItsDiskFromBeforeTheFirstCopy() throws IOException {
        var fsync = new AtomicReference<List<String>>(List.of());
        cluster(AOF, AOF, step -> {
            if (step.equals("MIGRATE")) {
                fsync.set(two.call("CONFIG", "GET", "appendfsync").texts());
            }
        });
        fill(one, 100, 64);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved();
        assertThat(fsync.get()).containsExactly("appendfsync", "always");
    }

    /** Safety rule 4: a copy that comes late comes by the old login, which goes before anything else happens. */
    @Test
    void aBrokenLoginIsGoneAtTheTargetBeforeTheSourceForgetsWhatBroke() throws IOException {
        var broken = new AtomicReference<>("");
        var left = new AtomicReference<List<String>>(List.of());
        cluster(AOF, AOF, step -> {
            if (step.equals("copied") && broken.get().isEmpty()) {
                broken.set(two.users("mig-").getFirst());
                one.call("SET", "own", "v");
                // nobody listens there
                one.call("MIGRATE", "127.0.0.1", "1", "own", "0", "100", "COPY");
            } else if (step.equals("login-deleted")) {
                left.set(two.users(broken.get()));
            }
        });
        fill(one, 100, 64);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved();
        assertThat(broken.get()).isNotEmpty();
        assertThat(left.get()).isEmpty();
    }

    /** Of the replica that everybody waits for: nothing leaves the source before it has the copies. */
    @Test
    void nothingIsRemovedWhileACandidateOfTheTargetIsSilent() throws IOException {
        cluster(AOF, AOF, Interruption.NONE);
        TestServer replica = candidate(2, two);
        fill(one, 300, 64);
        replica.redis().freeze();
        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));
        await().atMost(PATIENCE).until(() -> two.keys() > 0);
        await().atMost(PATIENCE).until(() -> conditions(Reason.MOVE_FAILED).size() == 1);
        assertThat(one.keys()).isEqualTo(300);

        replica.redis().thaw();

        awaitMoved();
        assertThat(one.keys()).isZero();
        assertThat(two.keys()).isEqualTo(300);
    }

    private void cluster(Map<String, String> ofOne, Map<String, String> ofTwo, Interruption interruption) {
        one = server(ofOne);
        two = server(ofTwo);
        dashboard = new TestDashboard(store, interruption);
        open.add(dashboard);
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
    }

    private TestServer server(Map<String, String> settings) {
        TestServer server = TestServer.start(Engines.redis7(), settings, TestDashboard.SECRET);
        open.add(server);
        return server;
    }

    /** A replica that everybody waits for. */
    private TestServer candidate(int gid, TestServer master) {
        TestServer replica = server(AOF);
        replica.replicate(master);
        await().atMost(PATIENCE)
                .until(() -> master.call("INFO", "replication").text().contains("state=online"));
        dashboard.state().commit(new GroupCommand.AddServer(gid, replica.address(), ""));
        dashboard.state().commit(new MemberCommand.AwaitReplica(gid, replica.address()));
        return replica;
    }

    private List<Conditions.Condition> conditions(Reason reason) {
        return dashboard.conditions().list().stream()
                .filter(c -> c.reason().equals(reason.word()))
                .toList();
    }

    private int owner(int slot) {
        var present = dashboard.state().topology().slot(slot);
        return present.idle() ? present.group() : 0;
    }

    private long owned(int gid) {
        return dashboard.state().topology().slots().stream()
                .filter(s -> s.group() == gid && s.idle())
                .count();
    }

    private void awaitMoved() {
        await().atMost(PATIENCE).until(() -> owned(2) == 1024);
    }

    private static void fill(TestServer server, int keys, int bytes) throws IOException {
        try (var connection = server.connect()) {
            for (int i = 0; i < keys; i++) {
                connection.send("SET", "k" + i, "v".repeat(bytes));
            }
            connection.flush();
            for (int i = 0; i < keys; i++) {
                connection.read().text();
            }
        }
    }
}
