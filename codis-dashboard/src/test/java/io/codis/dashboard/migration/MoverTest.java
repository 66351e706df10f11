package io.codis.dashboard.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.Topology;
import io.codis.dashboard.TestDashboard;
import io.codis.dashboard.TestProxy;
import io.codis.dashboard.TestServer;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.testkit.Engines;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoverTest {

    private static final Map<String, String> AOF = Map.of("appendonly", "yes");

    private final List<AutoCloseable> open = new ArrayList<>();
    private final MemoryCoordinator.Store store = new MemoryCoordinator.Store();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void movesEveryKeyOfTheSlotsAndNothingElse() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        TestDashboard dashboard = dashboard(Interruption.NONE);
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
        fill(one, 5000);
        one.call("RPUSH", "list{x}", "a", "b").text();
        one.call("HSET", "hash{x}", "f", "v").text();
        one.call("SET", "ttl{x}", "v", "PX", "600000").text();

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved(dashboard, 2, 1024);
        assertThat(one.keys()).isZero();
        assertThat(two.keys()).isEqualTo(5003);
        assertThat(two.call("LRANGE", "list{x}", "0", "-1").texts()).containsExactly("a", "b");
        assertThat(two.call("HGET", "hash{x}", "f").text()).isEqualTo("v");
        assertThat(two.call("PTTL", "ttl{x}").number()).isBetween(540_000L, 600_000L);
        assertValues(two, 5000);
    }

    @Test
    void leavesTheOtherSlotsAndKeepsDatabasesApart() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        TestDashboard dashboard = dashboard(Interruption.NONE);
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
        fill(one, 3000);
        try (var db3 = one.connect()) {
            db3.call("SELECT", "3").text();
            db3.call("SET", "k1", "in db 3").text();
        }

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 511, 2));

        awaitMoved(dashboard, 2, 512);
        long expected = 0;
        for (int i = 0; i < 3000; i++) {
            expected += SlotHash.slotOf(("k" + i).getBytes()) < 512 ? 1 : 0;
        }
        assertThat(two.keys()).isEqualTo(expected);
        assertThat(one.keys()).isEqualTo(3000 - expected);
        TestServer owner = SlotHash.slotOf("k1".getBytes()) < 512 ? two : one;
        try (var db3 = owner.connect()) {
            db3.call("SELECT", "3").text();
            assertThat(db3.call("GET", "k1").text()).isEqualTo("in db 3");
        }
    }

    @Test
    void fewSlotsAreOnTheirWayAtATimeWhileClientsAreServed() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        var way = new AtomicReference<TestDashboard>();
        var onTheirWay = new TreeSet<Long>();
        TestDashboard dashboard = dashboard(step -> {
            if (step.equals("PREPARE")) {
                onTheirWay.add(way.get().state().topology().slots().stream()
                        .filter(s -> SlotBatch.under(s.action(), 2))
                        .count());
            }
        });
        way.set(dashboard);
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
        fill(one, 5000);
        dashboard.serving(true);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 511, 2));

        awaitMoved(dashboard, 2, 512);
        assertThat(onTheirWay).containsExactly(32L);
        assertThat(dashboard.mover().progress()).singleElement().satisfies(progress -> {
            assertThat(progress.keysTotal()).as("all slots are looked at once").isEqualTo(two.keys());
            assertThat(progress.keysMoved()).isEqualTo(two.keys());
        });
        assertThat(one.keys() + two.keys()).isEqualTo(5000);
    }

    @Test
    void slotsThatWaitForTheirTurnAreLookedAtAgainWhenAServerIsAnotherProcess() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        String foreign = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "foreign" + i)
                .filter(key -> SlotHash.slotOf(key.getBytes()) == 500)
                .findFirst()
                .orElseThrow();
        var restarted = new AtomicBoolean();
        TestDashboard dashboard = dashboard(step -> {
            if (step.equals("COMPLETE") && restarted.compareAndSet(false, true)) {
                two.redis().kill();
                two.restart();
                two.call("SET", foreign, "of a person").text();
            }
        });
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
        fill(one, 1000);
        dashboard.serving(true);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 511, 2));

        awaitMoved(dashboard, 2, 511);
        assertThat(dashboard.state().topology().slot(500).group()).isOne();
        assertThat(dashboard.conditions().list())
                .anyMatch(condition -> condition.reason().equals(Reason.FOREIGN_KEYS.word())
                        && condition.message().contains("500"));
        assertThat(two.call("GET", foreign).text()).isEqualTo("of a person");
    }

    @Test
    void theSettingsOfTheEnginesAreAsBeforeAndTheLoginsGone() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        TestDashboard dashboard = dashboard(Interruption.NONE);
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
        fill(one, 100);
        dashboard.settings().disabled(true);
        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));
        dashboard.settings().disabled(false);

        awaitMoved(dashboard, 2, 1024);

        await().dontCatchUncaughtExceptions().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(two.call("CONFIG", "GET", "appendfsync").texts()).containsExactly("appendfsync", "everysec");
            assertThat(two.users("mig-")).isEmpty();
            assertThat(two.users("was-")).isEmpty();
        });
    }

    @Test
    void anEmptyClusterIsAssignedInLessThanASecondWithTwoProxies() {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        TestDashboard dashboard = dashboard(Interruption.NONE);
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        for (String token : List.of("a", "b")) {
            var proxy = new TestProxy(token);
            open.add(proxy);
            dashboard.addProxy(proxy);
        }
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(20))
                .until(() -> dashboard.state().topology().admittedProxies().size() == 2);
        var plan = new TreeMap<Integer, Integer>();
        for (int slot = 0; slot < 1024; slot++) {
            plan.put(slot, slot < 512 ? 1 : 2);
        }
        long start = System.nanoTime();

        dashboard.state().commit(new SlotCommand.CreateMoves(plan));

        awaitMoved(dashboard, 2, 512);
        awaitMoved(dashboard, 1, 512);
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.println("assigned in ms: " + millis);
        assertThat(millis).isLessThan(1000);
    }

    /** A dashboard that is killed after any step is followed by one that ends the move, whatever was under way. */
    @Test
    void aMoveIsFinishedByTheNextDashboardWhereverTheFirstOneStopped() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        TestDashboard first = dashboard(Interruption.NONE);
        first.addGroup(1, one);
        first.addGroup(2, two);
        first.assignAll(1);
        fill(one, 3000);
        first.die();
        TestServer target = two;
        int gid = 2;
        for (int stopAfter = 1; ; stopAfter++) {
            var steps = new AtomicInteger();
            int last = stopAfter;
            TestDashboard killed = dashboard(step -> {
                if (steps.incrementAndGet() >= last) {
                    throw new Killed(step);
                }
            });
            killed.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, gid));
            int to = gid;
            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> steps.get() >= last || moved(killed, to, 1024));
            killed.die();

            TestDashboard next = dashboard(Interruption.NONE);
            awaitMoved(next, gid, 1024);
            assertThat(target.keys()).as("stopped after step %d", stopAfter).isEqualTo(3000);
            assertThat((target == two ? one : two).keys())
                    .as("stopped after step %d", stopAfter)
                    .isZero();
            next.die();
            if (steps.get() < last) {
                assertThat(stopAfter).as("steps of one move").isGreaterThan(10);
                assertValues(target, 3000);
                return;
            }
            target = target == two ? one : two;
            gid = 3 - gid;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "source, copied",
        "source, confirmed",
        "source, removed",
        "target, copied",
        "target, confirmed",
        "target, removed"
    })
    void anEngineKilledInTheMiddleOfAMoveCostsNoKey(String victim, String step) throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        var killed = new AtomicBoolean();
        TestDashboard dashboard = dashboard(reached -> {
            if (reached.equals(step) && killed.compareAndSet(false, true)) {
                TestServer server = victim.equals("source") ? one : two;
                server.redis().kill();
                server.restart();
            }
        });
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
        fill(one, 20_000);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved(dashboard, 2, 1024);
        assertThat(killed).isTrue();
        assertThat(one.keys()).isZero();
        assertThat(two.keys()).isEqualTo(20_000);
        assertValues(two, 20_000);
    }

    private static final class Killed extends Error {
        Killed(String step) {
            super("killed after " + step, null, false, false);
        }
    }

    private TestServer server(Map<String, String> settings) {
        TestServer server = TestServer.start(Engines.redis7(), settings, TestDashboard.SECRET);
        open.add(server);
        return server;
    }

    private TestDashboard dashboard(Interruption interruption) {
        var dashboard = new TestDashboard(store, interruption);
        open.add(dashboard);
        return dashboard;
    }

    private static void awaitMoved(TestDashboard dashboard, int gid, int slots) {
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> moved(dashboard, gid, slots));
    }

    private static boolean moved(TestDashboard dashboard, int gid, int slots) {
        Topology topology = dashboard.state().topology();
        return topology.slots().stream()
                        .filter(s -> s.group() == gid && s.idle())
                        .count()
                == slots;
    }

    private static void fill(TestServer server, int keys) throws IOException {
        try (var connection = server.connect()) {
            for (int i = 0; i < keys; i++) {
                connection.send("SET", "k" + i, "value-" + i + "-".repeat(48));
            }
            connection.flush();
            for (int i = 0; i < keys; i++) {
                connection.read().text();
            }
        }
    }

    private static void assertValues(TestServer server, int keys) throws IOException {
        try (var connection = server.connect()) {
            for (int i = 0; i < keys; i++) {
                connection.send("GET", "k" + i);
            }
            connection.flush();
            for (int i = 0; i < keys; i++) {
                assertThat(connection.read().text()).isEqualTo("value-" + i + "-".repeat(48));
            }
        }
    }
}
