package io.codis.proxy.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.codis3.ProxyStats.WantedKey;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.MoveRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.proxy.session.TestProxy;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Safety rule 7: a key too big for a request is not moved by one; who needs it waits, everybody else goes on. */
class BigKeysTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String BIG = "{t}big";

    private RedisServer source;
    private RedisServer target;
    private TestProxy proxy;

    @BeforeEach
    void start() {
        source = RedisServer.start();
        target = RedisServer.start();
        target.call("ACL", "SETUSER", "mig-1-1", "on", ">mig", "~*", "+restore", "+select", "+auth")
                .text();
    }

    private void open(Duration hold) {
        proxy = TestProxy.open(TestProxy.settings(hold));
        proxy.install(
                null,
                List.of(
                        new GroupRoute(1, source.address(), List.of(), List.of()),
                        new GroupRoute(2, target.address(), List.of(), List.of())),
                List.of(new SlotRoute(0, 1023, 2, 1, false)),
                List.of(new MoveRoute(1, 2, new Credentials("mig-1-1", "mig"))));
    }

    @AfterEach
    void close() {
        proxy.close();
        source.close();
        target.close();
    }

    private void fill(int fields) {
        source.call(
                        "EVAL",
                        "for i = 1, tonumber(ARGV[1]) do redis.call('hset', KEYS[1], 'field:' .. i, string.rep('x', 64)) end"
                                + " return 'done'",
                        "1",
                        BIG,
                        Integer.toString(fields))
                .text();
    }

    private boolean isWanted() {
        return !proxy.plane().stats(false).movesWanted().isEmpty();
    }

    @Test
    void whoNeedsABigKeyWaitsForTheDashboardsMoverAndNobodyElseDoes() throws Exception {
        open(Duration.ofSeconds(30));
        fill(300_000);
        long size = source.call("MEMORY", "USAGE", BIG).number();
        assertThat(size).isGreaterThan(30L << 20);
        for (int i = 0; i < 3000; i++) {
            source.call("SET", "key:" + i, "v");
        }
        source.call("CONFIG", "RESETSTAT").text();

        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<List<Long>> others = CompletableFuture.supplyAsync(() -> appendAll(over));
        try (RespConnection client = proxy.connect()) {
            client.send("HSET", BIG, "mine", "1");
            client.send("SET", "{t}behind", "1");
            client.send("SET", "elsewhere", "1");
            client.flush();
            await().atMost(LONG).until(this::isWanted);
            WantedKey wanted = proxy.plane().stats(false).movesWanted().getFirst();
            assertThat(wanted.key())
                    .isEqualTo(Base64.getEncoder().encodeToString(BIG.getBytes(StandardCharsets.US_ASCII)));
            assertThat(wanted.source()).isEqualTo(1);
            assertThat(wanted.bytes()).isEqualTo(size);

            assertThat(proxy.call("HGET", BIG, "field:7").text())
                    .as("a read runs where it is")
                    .hasSize(64);
            assertThat(proxy.call("SET", "{t}other", "1").text())
                    .as("same slot")
                    .isEqualTo("OK");
            assertThat(target.call("EXISTS", "{t}other", "elsewhere").number()).isEqualTo(2);
            assertThat(target.call("EXISTS", "{t}behind").number())
                    .as("same client")
                    .isZero();
            Thread.sleep(1000);
            over.set(true);
            List<Long> micros = others.get(20, TimeUnit.SECONDS);
            assertThat(source.call("EXISTS", BIG).number()).isOne();

            long begin = System.nanoTime();
            moveAsTheDashboardDoes();
            long copy = (System.nanoTime() - begin) / 1000;
            assertThat(client.read().number()).isOne();
            assertThat(client.read().text()).isEqualTo("OK");
            assertThat(client.read().text()).isEqualTo("OK");
            assertThat(target.call("HLEN", BIG).number()).isEqualTo(300_001);
            assertThat(isWanted()).isFalse();
            report(micros, size, copy);
        }
    }

    /** Writes to keys that each are moved first; how long each took. */
    private List<Long> appendAll(AtomicBoolean over) {
        List<Long> micros = new ArrayList<>();
        try (RespConnection client = proxy.connect()) {
            for (int i = 0; !over.get(); i++) {
                long begin = System.nanoTime();
                client.call("APPEND", "key:" + i % 3000, "+").number();
                micros.add((System.nanoTime() - begin) / 1000);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return micros;
    }

    private void moveAsTheDashboardDoes() {
        assertThat(source.call(
                                "MIGRATE",
                                "127.0.0.1",
                                Integer.toString(target.port()),
                                "",
                                "0",
                                "30000",
                                "COPY",
                                "AUTH2",
                                "mig-1-1",
                                "mig",
                                "KEYS",
                                BIG)
                        .text())
                .isEqualTo("OK");
        assertThat(source.call("UNLINK", BIG).number()).isOne();
    }

    private static void report(List<Long> micros, long size, long copy) {
        List<Long> sorted = micros.stream().sorted().toList();
        long p99 = sorted.get(sorted.size() * 99 / 100);
        System.out.println("big key of " + (size >> 20) + " MiB: its copy takes " + copy + " us; " + sorted.size()
                + " others while it waits: p50 " + sorted.get(sorted.size() / 2) + " us, p99 " + p99 + " us, most "
                + sorted.getLast() + " us");
        assertThat(p99).as("p99 of the others, us").isLessThan(copy / 2);
    }

    @Test
    void whatTheMoverDoesNotTakeInTimeIsToldWhy() {
        open(Duration.ofSeconds(1));
        fill(100_000);
        assertThat(proxy.call("HSET", BIG, "mine", "1").toString())
                .contains("took too long: it is too big to be moved in a request");
        assertThat(source.call("HEXISTS", BIG, "mine").number()).isZero();
        await().atMost(LONG).until(() -> !isWanted());
    }

    @Test
    void aKeyThatHasBecomeSmallerGoesOn() throws Exception {
        open(Duration.ofSeconds(20));
        fill(100_000);
        CompletableFuture<Reply> write = CompletableFuture.supplyAsync(() -> proxy.call("HSET", BIG, "mine", "1"));
        await().atMost(LONG).until(this::isWanted);
        source.call("DEL", BIG).number();
        assertThat(write.get(20, TimeUnit.SECONDS).number()).isOne();
        assertThat(target.call("HLEN", BIG).number()).isOne();
    }

    /** A batch of keys is bounded in bytes too: none of these is big, all of them together are. */
    @Test
    void manyKeysOfSomeSizeGoInSeveralCopies() {
        open(Duration.ofSeconds(20));
        List<String> call = new ArrayList<>(List.of("EXISTS"));
        for (int i = 0; i < 20; i++) {
            source.call("SET", "{t}" + i, "x".repeat(300_000));
            call.add("{t}" + i);
        }
        source.call("CONFIG", "RESETSTAT").text();
        String[] del = call.toArray(String[]::new);
        del[0] = "UNLINK";
        assertThat(proxy.call(del).number()).isEqualTo(20);
        String stats = source.info("cmdstat_migrate");
        assertThat(Integer.parseInt(stats.substring("calls=".length(), stats.indexOf(','))))
                .isGreaterThanOrEqualTo(5);
    }
}
