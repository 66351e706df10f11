package io.codis.proxy.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.core.slot.SlotHash;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.MoveRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.proxy.session.TestProxy;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Seed;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Safety rules 1 to 4 as the proxy keeps them, with two groups of two real engines. */
class MovingKeysTest {

    private static RedisServer source;
    private static RedisServer sourceReplica;
    private static RedisServer target;
    private static RedisServer targetReplica;

    private TestProxy proxy;

    @BeforeAll
    static void start() {
        source = RedisServer.start();
        sourceReplica = RedisServer.start();
        target = RedisServer.start();
        targetReplica = RedisServer.start();
        sourceReplica.replicate(source);
        targetReplica.replicate(target);
        for (RedisServer server : List.of(source, target)) {
            server.call("ACL", "SETUSER", "proxy-1-1", "on", ">secret", "~*", "&*", "+@all")
                    .text();
        }
    }

    @AfterAll
    static void stop() {
        List.of(sourceReplica, targetReplica, source, target).forEach(RedisServer::close);
    }

    @BeforeEach
    void migrating() {
        source.call("FLUSHALL").text();
        source.call("CONFIG", "RESETSTAT").text();
        target.call("FLUSHALL").text();
        generation(1);
        proxy = TestProxy.open(TestProxy.settings(Duration.ofSeconds(5)));
        route(1);
    }

    @AfterEach
    void close() {
        proxy.close();
        target.call("ACL", "DELUSER", "mig-1-1", "mig-1-2");
    }

    private static void generation(int n) {
        target.call("ACL", "SETUSER", "mig-1-" + n, "on", ">mig" + n, "~*", "+restore", "+select", "+auth")
                .text();
    }

    private void route(int generation) {
        proxy.install(
                new Credentials("proxy-1-1", "secret"),
                groups(),
                List.of(new SlotRoute(0, 1023, 2, 1, false)),
                List.of(new MoveRoute(1, 2, new Credentials("mig-1-" + generation, "mig" + generation))));
    }

    private static List<GroupRoute> groups() {
        return List.of(
                new GroupRoute(1, source.address(), List.of(sourceReplica.address()), List.of()),
                new GroupRoute(2, target.address(), List.of(targetReplica.address()), List.of()));
    }

    @Test
    void aReadOfOneKeyRunsWhereTheKeyIsAndMovesNothing() {
        source.call("SET", "a", "1");
        target.call("SET", "b", "2");

        assertThat(proxy.call("GET", "a").text()).isEqualTo("1");
        assertThat(proxy.call("GET", "b").text()).isEqualTo("2");
        assertThat(proxy.call("GET", "nowhere")).isEqualTo(new Reply.Nil());
        assertThat(source.call("EXISTS", "a").number()).isEqualTo(1);
        assertThat(target.call("EXISTS", "a").number()).isZero();
    }

    @Test
    void aWriteMovesItsKeyWithItsTimeToLive() {
        source.call("SET", "a", "1", "EX", "1000");

        assertThat(proxy.call("APPEND", "a", "2").number()).isEqualTo(2);

        assertThat(source.call("EXISTS", "a").number()).isZero();
        assertThat(target.call("GET", "a").text()).isEqualTo("12");
        assertThat(target.call("TTL", "a").number()).isBetween(998L, 1000L);
        assertThat(sourceReplica.call("EXISTS", "a").number()).isZero();
        assertThat(proxy.call("GET", "a").text()).isEqualTo("12");
    }

    @Test
    void clientsOfRESP3MoveKeysToo() throws Exception {
        source.call("HSET", "h", "f", "v");
        source.call("SET", "a", "1");
        source.call("SET", "{t}1", "x");
        try (RespConnection client = proxy.connect()) {
            assertThat(client.call("HELLO", "3")).isInstanceOf(Reply.Typed.class);
            assertThat(client.call("HGETALL", "h"))
                    .isEqualTo(new Reply.Typed('%', new Reply.Many(List.of(bulk("f"), bulk("v")))));
            assertThat(client.call("GET", "nowhere")).isEqualTo(new Reply.Typed('_', new Reply.Nil()));
            assertThat(client.call("APPEND", "a", "2").number()).isEqualTo(2);
            assertThat(client.call("APPEND", "new", "n").number()).isEqualTo(1);
            assertThat(client.call("MGET", "{t}1", "{t}2"))
                    .isEqualTo(new Reply.Many(List.of(bulk("x"), new Reply.Typed('_', new Reply.Nil()))));
        }
        assertThat(source.call("EXISTS", "h").number()).as("reads move nothing").isEqualTo(1);
        assertThat(source.call("EXISTS", "a", "new", "{t}1").number()).isZero();
        assertThat(target.call("MGET", "a", "new", "{t}1").texts()).containsExactly("12", "n", "x");
    }

    private static Reply bulk(String text) {
        return new Reply.Bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aCommandOfSeveralKeysMovesThemAll() {
        source.call("SADD", "{t}1", "a", "b");
        source.call("SADD", "{t}2", "b", "c");
        target.call("SADD", "{t}3", "b");

        assertThat(proxy.call("SINTER", "{t}1", "{t}2", "{t}3").texts()).containsExactly("b");
        assertThat(proxy.call(
                                "EVAL",
                                "return redis.call('scard', KEYS[1]) + redis.call('scard', KEYS[2])",
                                "2",
                                "{t}1",
                                "{t}2")
                        .number())
                .isEqualTo(4);
        assertThat(source.call("DBSIZE").number()).isZero();
    }

    @Test
    void splitCommandsMoveTheirKeysAndAnswerInOrder() {
        for (int i = 0; i < 20; i++) {
            (i % 2 == 0 ? source : target).call("SET", "k" + i, "v" + i);
        }
        String[] mget = new String[22];
        List<String> expected = new ArrayList<>();
        mget[0] = "MGET";
        for (int i = 0; i < 20; i++) {
            mget[i + 1] = "k" + i;
            expected.add("v" + i);
        }
        mget[21] = "none";
        expected.add("");

        assertThat(proxy.call(mget).texts()).isEqualTo(expected);
        assertThat(proxy.call("MSET", "k0", "x", "k1", "y", "k40", "z").text()).isEqualTo("OK");
        assertThat(proxy.call("MGET", "k0", "k1", "k40").texts()).containsExactly("x", "y", "z");
        assertThat(proxy.call("DEL", "k0", "k1", "k2", "none").number()).isEqualTo(3);
        assertThat(source.call("EXISTS", "k0", "k1", "k2").number()).isZero();
        assertThat(target.call("EXISTS", "k0", "k1", "k2").number()).isZero();
    }

    @Test
    void aKeyFoundAtBothIsMovedAlreadyAndTheTargetsValueCounts() {
        source.call("SET", "a", "old");
        target.call("SET", "a", "new");

        assertThat(proxy.call("APPEND", "a", "+").number()).isEqualTo(4);
        assertThat(source.call("EXISTS", "a").number()).isZero();
        assertThat(proxy.call("GET", "a").text()).isEqualTo("new+");
    }

    @Test
    void aPipelineReadsItsOwnWrites() throws Exception {
        source.call("SET", "a", "0");
        try (RespConnection client = proxy.connect()) {
            client.send("GET", "a");
            client.send("SET", "a", "1");
            client.send("GET", "a");
            client.send("MSET", "a", "2", "b", "2");
            client.send("INCR", "b");
            client.send("MGET", "a", "b");
            client.send("GET", "b");
            client.flush();
            assertThat(client.read().text()).isEqualTo("0");
            assertThat(client.read().text()).isEqualTo("OK");
            assertThat(client.read().text()).isEqualTo("1");
            assertThat(client.read().text()).isEqualTo("OK");
            assertThat(client.read().text()).isEqualTo("3");
            assertThat(client.read().texts()).containsExactly("2", "3");
            assertThat(client.read().text()).isEqualTo("3");
        }
    }

    @Test
    void otherDatabasesMoveToo() throws Exception {
        source.call("SET", "a", "zero");
        try (RespConnection direct = source.connect();
                RespConnection client = proxy.connect()) {
            direct.call("SELECT", "5");
            direct.call("SET", "a", "five");
            client.call("SELECT", "5");
            assertThat(client.call("APPEND", "a", "!").number()).isEqualTo(5);
            assertThat(client.call("GET", "a").text()).isEqualTo("five!");
        }
        assertThat(source.call("GET", "a").text()).isEqualTo("zero");
    }

    /** Rule 2: while a candidate of the source has not acknowledged the removal, no write runs at the target. */
    @Test
    void aWriteWaitsForTheAcknowledgementOfTheSourcesCandidates() throws Exception {
        source.call("SET", "a", "1");
        sourceReplica.freeze();
        try (RespConnection client = proxy.connect()) {
            client.send("SET", "a", "2");
            client.flush();
            await("the key left the source")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> source.call("EXISTS", "a").number() == 0);
            assertThat(target.call("GET", "a").text()).isEqualTo("1");
            assertThat(client.call("GET", "elsewhere")).isNotNull();
        } finally {
            sourceReplica.thaw();
        }
    }

    /** Rule 2 again: a key that somebody else removed just now is no better. */
    @Test
    void aWriteForAKeyThatIsGoneAlreadyWaitsToo() throws Exception {
        sourceReplica.freeze();
        CompletableFuture<Reply> write;
        try {
            source.call("SET", "unrelated", "1");
            write = CompletableFuture.supplyAsync(() -> proxy.call("SET", "fresh", "1"));
            Thread.sleep(300);
            assertThat(write).isNotDone();
            assertThat(target.call("EXISTS", "fresh").number()).isZero();
        } finally {
            sourceReplica.thaw();
        }
        assertThat(write.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
    }

    /** Rule 4: after a failed login the old generation is not used again; requests wait for the next one. */
    @Test
    void aBrokenMoveHoldsRequestsUntilTheNextGeneration() throws Exception {
        source.call("SET", "a", "1");
        target.call("ACL", "DELUSER", "mig-1-1");

        CompletableFuture<Reply> write = CompletableFuture.supplyAsync(() -> proxy.call("APPEND", "a", "2"));
        await("the broken move in the stats")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !proxy.plane().stats(false).movesBroken().isEmpty());
        assertThat(proxy.plane().stats(false).movesBroken().getFirst().user()).isEqualTo("mig-1-1");
        assertThat(proxy.call("GET", "a").text()).isEqualTo("1");
        assertThat(write).isNotDone();

        generation(2);
        route(2);
        assertThat(write.get(20, TimeUnit.SECONDS).number()).isEqualTo(2);
        assertThat(proxy.plane().stats(false).movesBroken()).isEmpty();
    }

    /** Rule 4: another mover's failed copy may still arrive, and only the source knows of it. */
    @Test
    void anIoErrorOfAnotherMoverBreaksTheLoginToo() throws Exception {
        source.call("SET", "a", "1");
        source.call("SET", "b", "1");
        assertThat(proxy.call("APPEND", "a", "2").number()).isEqualTo(2);
        Reply failed = source.call("MIGRATE", "127.0.0.1", "1", "b", "0", "100", "COPY");
        assertThat(failed.toString()).contains("IOERR");

        CompletableFuture<Reply> write = CompletableFuture.supplyAsync(() -> proxy.call("APPEND", "b", "2"));
        await("the broken move in the stats")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !proxy.plane().stats(false).movesBroken().isEmpty());
        assertThat(write).isNotDone();
        // What the dashboard does: the old login goes, the count begins anew, then comes the next login.
        target.call("ACL", "DELUSER", "mig-1-1").text();
        source.call("CONFIG", "RESETSTAT").text();
        generation(2);
        route(2);
        assertThat(write.get(20, TimeUnit.SECONDS).number()).isEqualTo(2);
    }

    /** Rule 6: with a failure detector of 2 s the source must answer well before; then nobody tries that target again. */
    @Test
    void aHungTargetHoldsUpItsSourceOnceAndShortly() throws Exception {
        source.call("SET", "a", "1");
        source.call("SET", "b", "1");
        proxy.call("GET", "a");
        target.freeze();
        FutureTask<Reply> write = new FutureTask<>(() -> proxy.call("SET", "a", "2"));
        FutureTask<Reply> another = new FutureTask<>(() -> proxy.call("SET", "b", "2"));
        Thread.startVirtualThread(write);
        Thread.startVirtualThread(another);
        long longest = 0;
        try {
            while (!write.isDone() || !another.isDone()) {
                long begin = System.nanoTime();
                source.call("PING").text();
                longest = Math.max(longest, (System.nanoTime() - begin) / 1_000_000);
                Thread.sleep(5);
            }
        } finally {
            target.thaw();
        }
        assertThat(write.get()).isInstanceOf(Reply.Failure.class);
        assertThat(longest).as("the longest PING of the source, ms").isBetween(300L, 1900L);
        assertThat(source.info("cmdstat_migrate")).startsWith("calls=1,");
        assertThat(source.call("GET", "a").text()).isEqualTo("1");
    }

    @Test
    void aHeldWriteIsToldWhenItsTimeIsOver() {
        source.call("SET", "a", "1");
        target.call("ACL", "DELUSER", "mig-1-1");
        Reply reply = proxy.call("APPEND", "a", "2");
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        assertThat(((Reply.Failure) reply).text()).contains("from group 1 to group 2 took too long");
        assertThat(proxy.call("GET", "a").text()).isEqualTo("1");
    }

    @Test
    void aLockStopsMovesAndTheEndOfTheMoveOpensTheSlot() throws Exception {
        source.call("SET", "a", "1");
        Credentials login = new Credentials("proxy-1-1", "secret");
        proxy.install(login, groups(), List.of(new SlotRoute(0, 1023, 2, 1, true)), List.of());
        CompletableFuture<Reply> write = CompletableFuture.supplyAsync(() -> proxy.call("SET", "a", "2"));
        CompletableFuture<Reply> read = CompletableFuture.supplyAsync(() -> proxy.call("GET", "b"));
        Thread.sleep(200);
        assertThat(write).isNotDone();
        assertThat(read).isNotDone();
        assertThat(source.call("GET", "a").text()).isEqualTo("1");
        proxy.install(login, groups(), List.of(new SlotRoute(0, 1023, 1, 0, false)), List.of());
        assertThat(write.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
        assertThat(source.call("GET", "a").text()).isEqualTo("2");
    }

    /** Each client owns its keys and so knows what every reply must be, moved or not; their own requests do the moving. */
    @Test
    void everyClientSeesItsOwnHistoryWhileKeysMove() throws Exception {
        long seed = Seed.next();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            int number = c;
            clients.add(CompletableFuture.runAsync(() -> history(number, new Random(seed + number))));
        }
        for (CompletableFuture<Void> client : clients) {
            client.get(120, TimeUnit.SECONDS);
        }
    }

    private void history(int number, Random random) {
        Map<String, @Nullable String> model = new HashMap<>();
        try (RespConnection client = proxy.connect()) {
            for (int i = 0; i < 100; i++) {
                String key = "c" + number + ":" + i;
                source.call("SET", key, "s" + i);
                model.put(key, "s" + i);
            }
            List<String> expected = new ArrayList<>();
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 20; i++) {
                    step(client, number, random, model, expected, round * 20 + i);
                }
                client.flush();
                for (String text : expected) {
                    Reply reply = client.read();
                    assertThat(reply instanceof Reply.Many many ? String.join(",", many.texts()) : reply.text())
                            .isEqualTo(text);
                }
                expected.clear();
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void step(
            RespConnection client,
            int number,
            Random random,
            Map<String, @Nullable String> model,
            List<String> expected,
            int value)
            throws java.io.IOException {
        String a = "c" + number + ":" + random.nextInt(120);
        String b = "c" + number + ":" + random.nextInt(120);
        switch (random.nextInt(5)) {
            case 0 -> {
                client.send("SET", a, "v" + value);
                model.put(a, "v" + value);
                expected.add("OK");
            }
            case 1 -> {
                client.send("DEL", a);
                expected.add(model.remove(a) == null ? "0" : "1");
            }
            case 2 -> {
                client.send("MGET", a, b);
                expected.add(model.getOrDefault(a, "") + "," + model.getOrDefault(b, ""));
            }
            case 3 -> {
                client.send("MSET", a, "m" + value, b, "n" + value);
                model.put(a, "m" + value);
                model.put(b, "n" + value);
                expected.add("OK");
            }
            default -> {
                client.send("GET", a);
                expected.add(model.getOrDefault(a, ""));
            }
        }
    }

    @Test
    void keysOfTheTestsSpreadOverSlots() {
        assertThat(SlotHash.slotOf("a".getBytes(StandardCharsets.US_ASCII))).isEqualTo(579);
        assertThat(new RouteTable(1, 1, null, List.of(), List.of(), List.of()).slots())
                .isEmpty();
    }
}
