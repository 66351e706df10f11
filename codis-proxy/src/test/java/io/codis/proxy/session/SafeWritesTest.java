package io.codis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.proxy.plane.DataPlaneSettings;
import io.codis.testkit.Engine;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Safety rule 16: with safe writes a reply says that every candidate has the write. */
class SafeWritesTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration HOLD = Duration.ofSeconds(10);

    private RedisServer master;
    private RedisServer first;
    private RedisServer second;
    private TestProxy proxy;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private void start(Engine engine, Duration hold) {
        master = RedisServer.start(engine, Map.of());
        first = RedisServer.start(engine, Map.of());
        second = RedisServer.start(engine, Map.of());
        first.replicate(master);
        second.replicate(master);
        DataPlaneSettings d = TestProxy.settings(hold);
        DataPlaneSettings.Backends b = d.backends();
        proxy = TestProxy.open(new DataPlaneSettings(
                d.listen(),
                "",
                "",
                1,
                16,
                hold,
                d.clients(),
                new DataPlaneSettings.Backends(b.ping(), b.receive(), b.pipeline(), 1, false, true)));
        route(false, first, second);
    }

    private void route(boolean locked, RedisServer... candidates) {
        List<String> names = new ArrayList<>();
        for (RedisServer candidate : candidates) {
            names.add(candidate.address());
        }
        proxy.install(
                List.of(new GroupRoute(1, master.address(), names, List.of())),
                List.of(new SlotRoute(0, 1023, 1, 0, locked)));
    }

    @AfterEach
    void close() {
        first.thaw();
        second.thaw();
        proxy.close();
        List.of(first, second, master).forEach(RedisServer::close);
        threads.close();
    }

    private CompletableFuture<Reply> later(String... words) {
        return CompletableFuture.supplyAsync(() -> proxy.call(words), threads);
    }

    private void awaitAt(RedisServer server, String key, String value) {
        await().atMost(LONG)
                .until(() -> server.call("GET", key) instanceof Reply.Bulk bulk
                        && bulk.text().equals(value));
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aReplyIsHeldUntilTheLastCandidateHasTheWriteAndOnlyThat(Engine engine) throws Exception {
        start(engine, HOLD);
        assertThat(proxy.call("SET", "a", "0").text()).isEqualTo("OK");
        second.freeze();
        try (RespConnection client = proxy.connect()) {
            client.send("GET", "a");
            client.send("SET", "a", "1");
            client.send("GET", "a");
            client.send("NOSUCH");
            client.flush();
            CompletableFuture<Reply> split = later("MSET", "b", "1", "c", "2");
            CompletableFuture<Reply> script = later("EVAL", "return redis.call('incr', KEYS[1])", "1", "d");

            assertThat(client.read().text()).isEqualTo("0");
            awaitAt(first, "a", "1");
            awaitAt(first, "d", "1");
            assertThat(proxy.call("GET", "a").text()).as("others read").isEqualTo("1");
            assertThat(proxy.call("LPUSH", "a", "wrong type").toString()).contains("WRONGTYPE");
            client.timeout(Duration.ofMillis(700));
            assertThatThrownBy(client::read).isInstanceOf(SocketTimeoutException.class);
            assertThat(split).isNotDone();
            assertThat(script).isNotDone();

            second.thaw();
            client.timeout(LONG);
            assertThat(client.read().text()).isEqualTo("OK");
            assertThat(client.read().text()).isEqualTo("1");
            assertThat(client.read().toString()).contains("unknown command");
            assertThat(split.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
            assertThat(script.get(20, TimeUnit.SECONDS).number()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whatWasAnsweredIsAtEveryCandidateWhenTheMasterDies(Engine engine) throws Exception {
        start(engine, HOLD);
        List<CompletableFuture<Long>> writers = new ArrayList<>();
        List<AtomicLong> answered = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            AtomicLong count = new AtomicLong();
            int number = i;
            answered.add(count);
            writers.add(CompletableFuture.supplyAsync(() -> write("list:" + number, count), threads));
        }
        await().atMost(LONG).until(() -> answered.stream().allMatch(count -> count.get() > 100));

        master.kill();

        for (int i = 0; i < writers.size(); i++) {
            long sure = writers.get(i).get(30, TimeUnit.SECONDS);
            for (RedisServer replica : List.of(first, second)) {
                assertThat(replica.call("LLEN", "list:" + i).number())
                        .as("list:%d at %s", i, replica.address())
                        .isGreaterThanOrEqualTo(sure);
            }
        }
    }

    /** Pipelines of 20 until one is not answered well; how many elements were acknowledged. */
    private long write(String key, AtomicLong answered) {
        try (RespConnection client = proxy.connect()) {
            while (true) {
                for (int i = 0; i < 20; i++) {
                    client.send("RPUSH", key, "x");
                }
                client.flush();
                for (int i = 0; i < 20; i++) {
                    if (client.read() instanceof Reply.Failure(String text)) {
                        assertThat(text).containsAnyOf("outcome unknown", "not available");
                        return answered.get();
                    }
                    answered.incrementAndGet();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that waits is asked for together. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void manyWritesShareOneQuestion(Engine engine) throws Exception {
        start(engine, HOLD);
        second.freeze();
        try (RespConnection client = proxy.connect()) {
            for (int i = 0; i < 2000; i++) {
                client.send("INCR", "n");
            }
            client.flush();
            awaitAt(first, "n", "2000");
            assertThat(waits()).isLessThan(100);
            assertThat(Integer.parseInt(master.info("blocked_clients"))).isLessThanOrEqualTo(1);
            second.thaw();
            for (int i = 1; i <= 2000; i++) {
                assertThat(client.read().number()).isEqualTo(i);
            }
        }
        System.out.println("safe writes: " + waits() + " WAITs for 2000 writes on " + engine);
        assertThat(waits()).isLessThan(200);
    }

    private long waits() {
        String stats = master.info("cmdstat_wait");
        return stats.isEmpty() ? 0 : Long.parseLong(stats.substring("calls=".length(), stats.indexOf(',')));
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whoBecomesACandidateMeanwhileIsWaitedForAndWhoNoLongerIsOneIsNot(Engine engine) throws Exception {
        start(engine, HOLD);
        route(false, first);
        first.freeze();
        second.freeze();
        CompletableFuture<Reply> write = later("SET", "a", "1");
        awaitAt(master, "a", "1");
        route(false, first, second);
        first.thaw();
        awaitAt(first, "a", "1");
        // The answer that the first candidate alone would have given has its time.
        Thread.sleep(500);
        assertThat(write).isNotDone();

        route(false, first);
        assertThat(write.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aLockIsConfirmedAfterTheWritesThatWait(Engine engine) throws Exception {
        start(engine, HOLD);
        second.freeze();
        CompletableFuture<Reply> write = later("SET", "a", "1");
        awaitAt(first, "a", "1");
        CompletableFuture<Void> locked = CompletableFuture.runAsync(() -> route(true, first, second), threads);
        Thread.sleep(300);
        assertThat(locked).isNotDone();

        second.thaw();
        locked.get(20, TimeUnit.SECONDS);
        assertThat(write.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whatIsNotAcknowledgedInTimeIsOfUnknownOutcome(Engine engine) {
        start(engine, Duration.ofSeconds(1));
        second.freeze();
        assertThat(proxy.call("SET", "a", "1").toString())
                .contains("ERR outcome unknown: not acknowledged in time by every replica of " + master.address());
        assertThat(proxy.call("GET", "a").text()).isEqualTo("1");
    }
}
