package io.codis.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.CoordinatorContractTest;
import io.codis.testkit.Relay;
import io.codis.testkit.Seed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The promises of the port where a network lies between a client and the store. */
abstract class NetworkCoordinatorContractTest extends CoordinatorContractTest {

    private static final String LEADER = "/codis3/demo/leader";

    /** Stated in docs: how long a dead leader keeps its place at most. */
    private static final Duration TAKEOVER = Duration.ofSeconds(8);

    private Relay relay;
    private Coordinator far;
    private Coordinator near;

    /** Where the store listens on this machine. */
    protected abstract int port();

    /** A client of the store that is reached by a port of this machine. */
    protected abstract Coordinator open(int port);

    /** SIGKILL, where the store is a process of this test. */
    protected void killStore() {
        Assumptions.abort("the store is not ours to kill");
    }

    /** Starts it again with what it had stored. */
    protected void restartStore() {}

    /** How a request that writes {@code content} can be known on the wire. */
    protected byte[] writing(String content) {
        return bytes(content);
    }

    /** How a request that deletes {@link #PATH} can be known. */
    protected abstract byte[] deleting();

    @Override
    protected final Coordinator open() {
        return open(port());
    }

    @BeforeEach
    void openAFarClient() {
        relay = Relay.to(port());
        far = remember(open(relay.port()));
        near = remember(open());
    }

    @AfterEach
    void letGo() {
        relay.release();
        relay.close();
    }

    @Test
    void aHolderThatIsCutOffStopsBelievingBeforeAnotherHolds() {
        var lease = far.tryLead(LEADER).orElseThrow();
        relay.hold();
        long start = System.nanoTime();
        await().atMost(TAKEOVER).pollInterval(Duration.ofMillis(50)).until(() -> {
            boolean believed = lease.held();
            Optional<Coordinator.Lease> taken = near.tryLead(LEADER);
            assertThat(taken.isPresent() && lease.held())
                    .as("both hold, believed before: " + believed)
                    .isFalse();
            return taken.isPresent();
        });
        System.out.println(getClass().getSimpleName() + " takeover_ms=" + (System.nanoTime() - start) / 1_000_000);

        relay.release();
        await().ignoreException(CodisException.class)
                .until(() -> far.tryLead(LEADER).isEmpty());
        assertThat(lease.held()).isFalse();
    }

    /** ZooKeeper keeps what was lost here as long as the session lives, the others until their own time is over. */
    @Test
    void aHolderThatWasCutOffForAMomentHasTheLeaseAgain() {
        var lease = far.tryLead(LEADER).orElseThrow();
        relay.hold();
        await().atMost(TAKEOVER).pollInterval(Duration.ofMillis(10)).until(() -> !lease.held());
        relay.release();
        long start = System.nanoTime();

        await().atMost(TAKEOVER)
                .ignoreException(CodisException.class)
                .until(() -> far.tryLead(LEADER).isPresent());
        System.out.println(getClass().getSimpleName() + " again_ms=" + (System.nanoTime() - start) / 1_000_000);
        assertThat(lease.loss()).matches("the lease was lost, [23]\\.\\d s without an answer of the coordinator");
        assertThat(lease.held()).isFalse();
        assertThat(near.tryLead(LEADER)).isEmpty();
    }

    @Test
    void aLeaseLastsAsLongAsItsHolderLives() {
        var lease = far.tryLead(LEADER).orElseThrow();
        await().pollDelay(Duration.ofMillis(100)).atMost(Duration.ofSeconds(30)).until(() -> {
            assertThat(lease.held()).isTrue();
            return near.tryLead(LEADER).isPresent() || lasted(Duration.ofSeconds(9));
        });
        assertThat(lease.held()).isTrue();
        lease.close();
        assertThat(near.tryLead(LEADER)).isPresent();
    }

    private long since;

    private boolean lasted(Duration length) {
        since = since == 0 ? System.nanoTime() : since;
        return System.nanoTime() - since >= length.toNanos();
    }

    @Test
    void aShortInterruptionCostsNoLease() {
        var lease = far.tryLead(LEADER).orElseThrow();
        relay.cut();
        await().ignoreException(CodisException.class).until(() -> far.read(PATH).isEmpty());
        assertThat(near.tryLead(LEADER)).isEmpty();
        assertThat(lease.held()).isTrue();
    }

    @Test
    void aStoreThatIsKilledAndComesBackNeverHasTwoHolders() {
        var lease = far.tryLead(LEADER).orElseThrow();
        killStore();
        restartStore();
        long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
        await().atMost(Duration.ofSeconds(30))
                .ignoreException(CodisException.class)
                .until(() -> {
                    boolean taken = near.tryLead(LEADER).isPresent();
                    assertThat(taken && lease.held()).isFalse();
                    return taken || lease.held() && System.nanoTime() - end > 0;
                });
    }

    @Test
    void aWriteThatTheStoreDidBeforeItWasKilledIsThereWhenItIsBack() throws Exception {
        long version = near.create(PATH, bytes("old"));
        assertThat(far.read(PATH)).isPresent();
        relay.holdAnswersTo(writing("new"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var outcome = threads.submit(() -> outcomeOf(() -> far.update(PATH, bytes("new"), version)));
            await().atMost(Duration.ofSeconds(20)).until(() -> "new".equals(text(near)));
            killStore();
            relay.cut();
            relay.release();
            assertThat(outcome.get(60, TimeUnit.SECONDS)).isIn("done", Reason.OUTCOME_UNKNOWN.word());
            restartStore();
        }
        await().ignoreException(CodisException.class)
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    var found = far.read(PATH).orElseThrow();
                    assertThat(found.data()).isEqualTo(bytes("new"));
                    assertThat(far.update(PATH, bytes("newer"), found.version()))
                            .isGreaterThan(version);
                });
    }

    @Test
    void aWriteWhoseAnswerIsLostIsDoneOrUnknown() throws Exception {
        long version = near.create(PATH, bytes("old"));
        assertThat(far.read(PATH)).isPresent();
        relay.holdAnswersTo(writing("new"));
        String outcome = answerIsLost(() -> far.update(PATH, bytes("new"), version), () -> "new".equals(text(near)));
        assertThat(outcome).isIn("done", Reason.OUTCOME_UNKNOWN.word());
        whenReachable(() -> assertThat(text(far)).isEqualTo("new"));
        long next = far.read(PATH).orElseThrow().version();
        assertThat(far.update(PATH, bytes("newer"), next)).isGreaterThan(next);
    }

    @Test
    void aCreationWhoseAnswerIsLostIsDoneOrUnknown() throws Exception {
        near.create("/codis3/demo/topom", bytes("x"));
        assertThat(far.read(PATH)).isEmpty();
        relay.holdAnswersTo(writing("new"));
        String outcome = answerIsLost(
                () -> far.create(PATH, bytes("new")), () -> near.read(PATH).isPresent());
        assertThat(outcome).isIn("done", Reason.OUTCOME_UNKNOWN.word());
        whenReachable(() -> assertThat(text(far)).isEqualTo("new"));
    }

    @Test
    void aDeletionWhoseAnswerIsLostIsDoneOrUnknown() throws Exception {
        long version = near.create(PATH, bytes("old"));
        assertThat(far.read(PATH)).isPresent();
        relay.holdAnswersTo(deleting());
        String outcome = answerIsLost(
                () -> assertThat(far.delete(PATH, version)).isTrue(),
                () -> near.read(PATH).isEmpty());
        assertThat(outcome).isIn("done", Reason.OUTCOME_UNKNOWN.word());
        whenReachable(() -> assertThat(far.read(PATH)).isEmpty());
    }

    @Test
    void whatCannotBeReachedIsUnavailableAndNothingIsChanged() {
        long version = near.create(PATH, bytes("old"));
        assertThat(far.read(PATH)).isPresent();
        relay.close();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsMatching(NetworkCoordinatorContractTest::unknown)
                .until(() -> {
                    // the first one may still be sent into the connection that is gone
                    assertThat(reasonOf(() -> far.update(PATH, bytes("new"), version)))
                            .isEqualTo(Reason.UNAVAILABLE);
                    return true;
                });
        assertThat(reasonOf(() -> far.read(PATH))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(reasonOf(() -> far.tryLead(LEADER))).isEqualTo(Reason.UNAVAILABLE);
        assertThat(text(near)).isEqualTo("old");
    }

    /** What is asked next may still go over the connection that has lost the answer. */
    private static void whenReachable(ThrowingRunnable check) {
        await().ignoreExceptionsMatching(e -> e instanceof CodisException c && c.reason() == Reason.UNAVAILABLE)
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(check);
    }

    private static boolean unknown(Throwable e) {
        return e instanceof AssertionError && String.valueOf(e.getMessage()).contains("OUTCOME_UNKNOWN");
    }

    @Test
    void aWaiterHearsOfAChangeAfterItsConnectionBroke() throws Exception {
        long version = near.create(PATH, bytes("old"));
        var waiting = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var woken = threads.submit(() -> {
                waiting.countDown();
                return far.awaitChange(PATH, version, Duration.ofSeconds(60));
            });
            waiting.await();
            assertThat(far.awaitChange(PATH, version, Duration.ofMillis(300))).isFalse();
            relay.cut();
            near.update(PATH, bytes("new"), version);
            assertThat(woken.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void noAcknowledgedWriteIsLostAndNoneIsDoneTwiceWhileTheWireBreaks() throws Exception {
        long seed = Seed.next();
        var random = new Random(seed);
        checkHistory("-Dseed=" + seed, () -> breakWire(random));
    }

    @Test
    void noAcknowledgedWriteIsLostAndNoneIsDoneTwiceWhileTheStoreIsKilled() throws Exception {
        checkHistory("kill", () -> {
            killStore();
            restartStore();
            // time for some writes, however slowly it has started
            TimeUnit.SECONDS.sleep(2);
        });
    }

    private interface Breaker {
        void once() throws InterruptedException;
    }

    /** Three writers append marks by compare-and-set while something is broken again and again. */
    private void checkHistory(String name, Breaker breaker) throws Exception {
        near.create(PATH, bytes(""));
        var acknowledged = new ConcurrentSkipListSet<String>();
        var refused = new ConcurrentSkipListSet<String>();
        breaker.once();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (String each : List.of("a", "b")) {
                writers.add(threads.submit(() -> append(far, each, acknowledged, refused)));
            }
            writers.add(threads.submit(() -> append(near, "c", acknowledged, refused)));
            while (!writers.stream().allMatch(Future::isDone)) {
                breaker.once();
            }
            for (var writer : writers) {
                writer.get();
            }
        }
        List<String> stored = Arrays.stream(text(near).split(" ", -1))
                .filter(mark -> !mark.isEmpty())
                .toList();
        System.out.println(getClass().getSimpleName() + " " + name + " acknowledged=" + acknowledged.size()
                + " refused=" + refused.size() + " stored=" + stored.size());
        assertThat(acknowledged).hasSizeGreaterThan(5);
        assertThat(stored).as(name).doesNotHaveDuplicates().containsAll(acknowledged);
        assertThat(stored).as(name).doesNotContainAnyElementsOf(refused);
    }

    private static void append(Coordinator client, String name, Set<String> acknowledged, Set<String> refused) {
        for (int i = 0; i < 12; i++) {
            String mark = name + i;
            while (!acknowledged.contains(mark) && !refused.contains(mark)) {
                try {
                    var now = client.read(PATH).orElseThrow();
                    String text = new String(now.data(), StandardCharsets.UTF_8);
                    try {
                        client.update(PATH, bytes(text + " " + mark), now.version());
                        acknowledged.add(mark);
                    } catch (CodisException e) {
                        if (e.reason() == Reason.OUTCOME_UNKNOWN) {
                            break;
                        }
                        refused.add(mark);
                    }
                } catch (CodisException e) {
                    // not read: nothing was changed
                }
            }
        }
    }

    private void breakWire(Random random) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
        switch (random.nextInt(3)) {
            case 0 -> relay.cut();
            case 1 -> relay.holdAnswers();
            default -> relay.hold();
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(50));
        if (random.nextBoolean()) {
            relay.cut();
        }
        relay.release();
    }

    /** What the caller of a change learns whose effect can be seen and whose answer never arrives. */
    private String answerIsLost(Runnable change, Callable<Boolean> done) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var outcome = threads.submit(() -> outcomeOf(change));
            await().atMost(Duration.ofSeconds(20)).until(done);
            relay.cut();
            relay.release();
            return outcome.get(60, TimeUnit.SECONDS);
        }
    }

    private static String outcomeOf(Runnable change) {
        try {
            change.run();
            return "done";
        } catch (CodisException e) {
            return e.reason().word();
        }
    }
}
