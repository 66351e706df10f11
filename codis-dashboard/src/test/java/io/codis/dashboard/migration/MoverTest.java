package io.codis.dashboard.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.migration.SlotAction;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.Slot;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
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
        twoGroups(dashboard, one, two);
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
        twoGroups(dashboard, one, two);
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
    void fewKeysBeginToMoveAtATimeWhileClientsAreServed() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        var way = new AtomicReference<TestDashboard>();
        var begun = new ArrayList<Long>();
        var together = new TreeSet<Long>();
        long[] bySlot = LongStream.range(0, 100_000)
                .map(i -> SlotHash.slotOf(("k" + i).getBytes()))
                .collect(() -> new long[SlotHash.SLOTS], (counts, slot) -> counts[(int) slot]++, (a, b) -> {});
        TestDashboard dashboard = dashboard(step -> {
            var slots = way.get().state().topology().slots();
            if (step.equals("PREPARE")) {
                begun.add(slots.stream()
                        .filter(s -> s.action() instanceof SlotAction.Preparing)
                        .mapToLong(s -> bySlot[s.id()])
                        .sum());
            } else if (step.equals("FINISH")) {
                together.add(slots.stream()
                        .filter(s -> s.action() instanceof SlotAction.Finished)
                        .count());
            }
        });
        way.set(dashboard);
        twoGroups(dashboard, one, two);
        fill(one, 100_000);
        dashboard.serving(true);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 255, 2));

        awaitMoved(dashboard, 2, 256);
        assertThat(begun).hasSize(4).allMatch(keys -> keys <= 8000);
        assertThat(together).as("slots that share a pass over the source").containsExactly(128L);
        assertThat(dashboard.mover().progress()).singleElement().satisfies(progress -> {
            assertThat(progress.keysTotal()).as("all slots are looked at once").isEqualTo(two.keys());
            assertThat(progress.keysMoved()).isEqualTo(two.keys());
        });
        assertThat(two.keys()).isEqualTo(Arrays.stream(bySlot, 0, 256).sum());
        assertThat(one.keys() + two.keys()).isEqualTo(100_000);
    }

    @Test
    void whatIsWrittenAfterTheLookAtASlotAndBeforeItsLockMovesToo() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        var way = new AtomicReference<TestDashboard>();
        var looks = new AtomicInteger();
        var late = new TreeSet<String>();
        TestDashboard dashboard = dashboard(step -> {
            if (step.equals("chosen")) {
                int look = looks.incrementAndGet();
                Topology now = way.get().state().topology();
                IntStream.range(0, 200)
                        .mapToObj(i -> "late-" + look + "-" + i)
                        .filter(key -> now.slot(SlotHash.slotOf(key.getBytes())).action() instanceof SlotAction.Pending)
                        .forEach(key -> {
                            one.call("SET", key, "v");
                            late.add(key);
                        });
            }
        });
        way.set(dashboard);
        twoGroups(dashboard, one, two);
        fill(one, 2000);
        dashboard.serving(true);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 1023, 2));

        awaitMoved(dashboard, 2, 1024);
        assertThat(looks).as("looks at 128 slots each").hasValue(8);
        assertThat(one.keys()).isZero();
        assertThat(late)
                .hasSizeGreaterThan(200)
                .allMatch(key -> two.call("EXISTS", key).number() == 1);
        assertThat(two.keys()).isEqualTo(2000 + late.size());
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
        twoGroups(dashboard, one, two);
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
    void movesThatAreHeldEndAndNoOtherBegins() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        var way = new AtomicReference<TestDashboard>();
        var first = new AtomicBoolean(true);
        TestDashboard dashboard = dashboard(step -> {
            if (step.equals("MIGRATE") && first.getAndSet(false)) {
                way.get().settings().hold().hold("backup", Duration.ofMinutes(1));
            }
        });
        way.set(dashboard);
        twoGroups(dashboard, one, two);
        fill(one, 50_000);
        dashboard.serving(true);

        dashboard.state().commit(new SlotCommand.CreateRangeMoves(0, 511, 2));

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            List<Slot> open = dashboard.state().topology().slots().stream()
                    .filter(slot -> !slot.idle())
                    .toList();
            return dashboard.settings().hold().held()
                    && open.size() < 512
                    && open.stream().allMatch(slot -> slot.action() instanceof SlotAction.Pending);
        });
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> dashboard.state().topology().slots().stream()
                        .allMatch(slot -> slot.idle() || slot.action() instanceof SlotAction.Pending));
        dashboard.settings().hold().release("backup");
        awaitMoved(dashboard, 2, 512);
    }

    @Test
    void theSettingsOfTheEnginesAreAsBeforeAndTheLoginsGone() throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        TestDashboard dashboard = dashboard(Interruption.NONE);
        twoGroups(dashboard, one, two);
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
    @ParameterizedTest
    @CsvSource({"1024, false", "200, true"})
    void aMoveIsFinishedByTheNextDashboardWhereverTheFirstOneStopped(int slots, boolean clients) throws IOException {
        TestServer one = server(AOF);
        TestServer two = server(AOF);
        TestDashboard first = dashboard(Interruption.NONE);
        twoGroups(first, one, two);
        fill(one, 3000);
        first.die();
        long moving = IntStream.range(0, 3000)
                .filter(i -> SlotHash.slotOf(("k" + i).getBytes()) < slots)
                .count();
        int gid = 2;
        for (int stopAfter = 1; ; stopAfter++) {
            var steps = new AtomicInteger();
            int last = stopAfter;
            TestDashboard killed = dashboard(step -> {
                if (steps.incrementAndGet() >= last) {
                    throw new Killed(step);
                }
            });
            killed.serving(clients);
            killed.state().commit(new SlotCommand.CreateRangeMoves(0, slots - 1, gid));
            int to = gid;
            int owned = to == 2 ? slots : 1024;
            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> steps.get() >= last || moved(killed, to, owned));
            killed.die();

            TestDashboard next = dashboard(Interruption.NONE);
            next.serving(clients);
            awaitMoved(next, to, owned);
            long atTwo = gid == 2 ? moving : 0;
            assertThat(two.keys()).as("stopped after step %d", stopAfter).isEqualTo(atTwo);
            assertThat(one.keys()).as("stopped after step %d", stopAfter).isEqualTo(3000 - atTwo);
            next.die();
            if (steps.get() < last) {
                assertThat(stopAfter).as("steps of one move").isGreaterThan(10);
                assertValues(one, two, slot -> slot < slots && to == 2);
                return;
            }
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
        twoGroups(dashboard, one, two);
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

    /** The first has all slots. */
    private static void twoGroups(TestDashboard dashboard, TestServer one, TestServer two) {
        dashboard.addGroup(1, one);
        dashboard.addGroup(2, two);
        dashboard.assignAll(1);
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

    private static void assertValues(TestServer one, TestServer two, IntPredicate atTwo) {
        for (int i = 0; i < 3000; i++) {
            TestServer owner = atTwo.test(SlotHash.slotOf(("k" + i).getBytes())) ? two : one;
            assertThat(owner.call("GET", "k" + i).text()).isEqualTo("value-" + i + "-".repeat(48));
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
