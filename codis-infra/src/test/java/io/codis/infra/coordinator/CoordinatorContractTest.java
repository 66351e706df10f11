package io.codis.infra.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every promise of the port. An adapter's test only says how to open another client of the same real store. */
@Timeout(180)
public abstract class CoordinatorContractTest {

    protected static final String PATH = "/codis3/demo/cluster";

    private final List<Coordinator> opened = new ArrayList<>();
    private Coordinator one;
    private Coordinator other;

    /** Another client of the store of this test. */
    protected abstract Coordinator open();

    @BeforeEach
    void openTwoClients() {
        one = remember(open());
        other = remember(open());
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Coordinator::close);
    }

    @Test
    void whatOneClientWritesTheOtherReads() {
        assertThat(one.read(PATH)).isEmpty();
        long created = one.create(PATH, bytes("{\"a\":1}"));
        assertThat(text(other)).isEqualTo("{\"a\":1}");
        assertThat(other.read(PATH).orElseThrow().version()).isEqualTo(created).isPositive();

        long updated = other.update(PATH, bytes("{\"a\":2}"), created);
        assertThat(updated).isGreaterThan(created);
        assertThat(text(one)).isEqualTo("{\"a\":2}");
        assertThat(one.read(PATH).orElseThrow().version()).isEqualTo(updated);
    }

    @Test
    void onlyOneOfTwoCreates() {
        one.create(PATH, bytes("first"));
        assertThat(reasonOf(() -> other.create(PATH, bytes("second")))).isEqualTo(Reason.ALREADY_EXISTS);
        assertThat(text(one)).isEqualTo("first");
    }

    @Test
    void aWriteAgainstAnOlderVersionHasNoEffect() {
        long first = one.create(PATH, bytes("first"));
        other.update(PATH, bytes("second"), first);
        assertThat(reasonOf(() -> one.update(PATH, bytes("late"), first))).isEqualTo(Reason.STALE_VERSION);
        assertThat(reasonOf(() -> one.delete(PATH, first))).isEqualTo(Reason.STALE_VERSION);
        assertThat(text(one)).isEqualTo("second");
    }

    @Test
    void theSameContentWrittenTwiceHasTwoVersions() {
        long first = one.create(PATH, bytes("same"));
        long second = one.update(PATH, bytes("same"), first);
        assertThat(reasonOf(() -> other.update(PATH, bytes("late"), first))).isEqualTo(Reason.STALE_VERSION);
        other.update(PATH, bytes("fit"), second);
        assertThat(text(one)).isEqualTo("fit");
    }

    @Test
    void anObjectThatCameBackNeverHasAVersionOfItsFormerLife() {
        Set<Long> versions = new HashSet<>();
        for (int life = 0; life < 5; life++) {
            assertThat(versions.add(one.create(PATH, bytes("again")))).isTrue();
            other.put(PATH, bytes("changed"));
            assertThat(versions.add(other.read(PATH).orElseThrow().version())).isTrue();
            assertThat(one.delete(PATH, Coordinator.ANY_VERSION)).isTrue();
        }
    }

    @Test
    void whatIsGoneCannotBeUpdatedAndDeletingItIsNoError() {
        assertThat(reasonOf(() -> one.update(PATH, bytes("x"), 1))).isEqualTo(Reason.NOT_FOUND);
        assertThat(one.delete(PATH, Coordinator.ANY_VERSION)).isFalse();
        assertThat(one.delete(PATH, 17)).isFalse();
        long version = one.create(PATH, bytes("x"));
        assertThat(other.delete(PATH, version)).isTrue();
        assertThat(one.read(PATH)).isEmpty();
    }

    @Test
    void childrenAreNamesInOrderWhetherObjectsOrNot() {
        assertThat(one.children("/codis3")).isEmpty();
        one.put("/codis3/demo/group/group-0002", bytes("{}"));
        one.put("/codis3/demo/group/group-0001", bytes("{}"));
        one.put("/codis3/demo/topom", bytes("{}"));
        one.put("/codis3/demo-2/topom", bytes("{}"));
        assertThat(other.children("/codis3")).containsExactly("demo", "demo-2");
        assertThat(other.children("/codis3/demo")).containsExactly("group", "topom");
        assertThat(other.children("/codis3/demo/group")).containsExactly("group-0001", "group-0002");
        assertThat(other.children("/codis3/demo/topom")).isEmpty();
        other.delete("/codis3/demo/group/group-0001", Coordinator.ANY_VERSION);
        assertThat(one.children("/codis3/demo/group")).containsExactly("group-0002");
    }

    @Test
    void contentIsBytesOfAnyKindAndSize() {
        byte[] all = new byte[300_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i * 31);
        }
        one.create(PATH, all);
        assertThat(other.read(PATH).orElseThrow().data()).isEqualTo(all);
        other.put(PATH, new byte[0]);
        assertThat(one.read(PATH).orElseThrow().data()).isEmpty();
    }

    @Test
    void aMalformedPathIsRefused() {
        for (String path :
                List.of("", "/", "codis3", "/codis3/", "//codis3", "/codis3/../x", "/./x", "/a//b", "/a\0b")) {
            assertThat(reasonOf(() -> one.read(path))).as(path).isEqualTo(Reason.INVALID_ARGUMENT);
            assertThat(reasonOf(() -> one.put(path, bytes("x")))).as(path).isEqualTo(Reason.INVALID_ARGUMENT);
        }
    }

    @Test
    void noIncrementOfManyWritersIsLost() throws Exception {
        one.create(PATH, bytes("0"));
        int writers = 4;
        int each = 25;
        var conflicts = new AtomicLong();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = new ArrayList<Future<?>>();
            for (int writer = 0; writer < writers; writer++) {
                var client = writer % 2 == 0 ? one : other;
                done.add(threads.submit(() -> increment(client, each, conflicts)));
            }
            for (var each1 : done) {
                each1.get(120, TimeUnit.SECONDS);
            }
        }
        assertThat(text(one)).isEqualTo(Integer.toString(writers * each));
    }

    @Test
    void ofTwoWritersUponTheSameVersionOneWins() throws Exception {
        long version = one.create(PATH, bytes("0"));
        for (int round = 1; round <= 10; round++) {
            long seen = version;
            String mine = "one " + round;
            String others = "other " + round;
            var start = new CyclicBarrier(2);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var first = threads.submit(() -> update(one, start, mine, seen));
                var second = threads.submit(() -> update(other, start, others, seen));
                assertThat(List.of(first.get(60, TimeUnit.SECONDS), second.get(60, TimeUnit.SECONDS)))
                        .containsExactlyInAnyOrder("stored", Reason.STALE_VERSION.word());
                assertThat(text(one)).isEqualTo(first.get().equals("stored") ? mine : others);
            }
            version = one.read(PATH).orElseThrow().version();
            assertThat(version).isGreaterThan(seen);
        }
    }

    @Test
    void ofManyWhoCreateOneWinsAndOfManyWhoWantTheLeaseOneHasIt() throws Exception {
        var start = new CyclicBarrier(6);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var created = new ArrayList<Future<Boolean>>();
            var led = new ArrayList<Future<Boolean>>();
            for (int i = 0; i < 3; i++) {
                var client = remember(open());
                created.add(threads.submit(() -> {
                    start.await();
                    return !failsWith(Reason.ALREADY_EXISTS, () -> client.create(PATH, bytes("x")));
                }));
                led.add(threads.submit(() -> {
                    start.await();
                    return client.tryLead("/codis3/demo/leader").isPresent();
                }));
            }
            assertThat(results(created)).containsOnlyOnce(true);
            assertThat(results(led)).containsOnlyOnce(true);
        }
    }

    @Test
    void aWaiterHearsOfCreationChangeAndDeletion() throws Exception {
        long version = wakes(0, () -> other.create(PATH, bytes("x")));
        long next = wakes(version, () -> other.update(PATH, bytes("y"), version));
        wakes(next, () -> other.delete(PATH, next));
        assertThat(one.awaitChange(PATH, 0, Duration.ofMillis(200))).isFalse();
        assertThat(one.awaitChange(PATH, 17, Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void aLeaseHasOneHolder() {
        var lease = one.tryLead("/codis3/demo/leader").orElseThrow();
        assertThat(lease.held()).isTrue();
        assertThat(other.tryLead("/codis3/demo/leader")).isEmpty();
        assertThat(one.tryLead("/codis3/demo/leader")).isEmpty();
        assertThat(other.tryLead("/codis3/other/leader")).isPresent();
        assertThat(one.children("/codis3/demo")).isEmpty();

        lease.close();
        assertThat(lease.held()).isFalse();
        var successor = other.tryLead("/codis3/demo/leader").orElseThrow();
        lease.close();
        assertThat(successor.held()).isTrue();
        assertThat(one.tryLead("/codis3/demo/leader")).isEmpty();
    }

    @Test
    void aClosedClientHoldsNoLeaseAndServesNothing() {
        var lease = one.tryLead("/codis3/demo/leader").orElseThrow();
        one.close();
        assertThat(lease.held()).isFalse();
        assertThat(other.tryLead("/codis3/demo/leader")).isPresent();
        assertThat(reasonOf(() -> one.read(PATH))).isEqualTo(Reason.UNAVAILABLE);
    }

    private long wakes(long known, Runnable change) throws Exception {
        var waiting = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var woken = threads.submit(() -> {
                waiting.countDown();
                return one.awaitChange(PATH, known, Duration.ofSeconds(60));
            });
            waiting.await();
            change.run();
            assertThat(woken.get(60, TimeUnit.SECONDS)).isTrue();
        }
        return one.read(PATH).map(Coordinator.Node::version).orElse(0L);
    }

    private static String update(Coordinator client, CyclicBarrier start, String text, long version) throws Exception {
        start.await();
        try {
            client.update(PATH, bytes(text), version);
            return "stored";
        } catch (CodisException e) {
            return e.reason().word();
        }
    }

    private static boolean failsWith(Reason reason, Runnable action) {
        try {
            action.run();
            return false;
        } catch (CodisException e) {
            assertThat(e.reason()).isEqualTo(reason);
            return true;
        }
    }

    private static List<Boolean> results(List<Future<Boolean>> all) throws Exception {
        var results = new ArrayList<Boolean>();
        for (var each : all) {
            results.add(each.get(60, TimeUnit.SECONDS));
        }
        return results;
    }

    private static void increment(Coordinator client, int times, AtomicLong conflicts) {
        for (int i = 0; i < times; ) {
            var now = client.read(PATH).orElseThrow();
            long value = Long.parseLong(new String(now.data(), StandardCharsets.UTF_8));
            try {
                client.update(PATH, bytes(Long.toString(value + 1)), now.version());
                i++;
            } catch (CodisException e) {
                assertThat(e.reason()).isEqualTo(Reason.STALE_VERSION);
                conflicts.incrementAndGet();
            }
        }
    }

    protected final Coordinator remember(Coordinator coordinator) {
        opened.add(coordinator);
        return coordinator;
    }

    protected static String text(Coordinator client) {
        return new String(client.read(PATH).orElseThrow().data(), StandardCharsets.UTF_8);
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static Reason reasonOf(ThrowingCallable call) {
        return catchThrowableOfType(CodisException.class, call).reason();
    }
}
