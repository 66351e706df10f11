package io.codis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.SlotRoute;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Locked slots, lost servers, and what may be sent again (safety rules 11, 14, 17). */
class RoutesAndRetriesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private RedisServer one;
    private RedisServer two;
    private TestProxy proxy;

    @BeforeEach
    void start() {
        one = RedisServer.start();
        two = RedisServer.start();
        proxy = TestProxy.open(TestProxy.settings(Duration.ofSeconds(5)));
        route(false);
    }

    @AfterEach
    void stop() {
        proxy.close();
        one.close();
        two.close();
    }

    /** Slot 579, where key {@code a} is, belongs to group 2. */
    private void route(boolean locked) {
        proxy.install(
                TestProxy.groups(one.address(), two.address()),
                List.of(
                        new SlotRoute(0, 578, 1, 0, false),
                        new SlotRoute(579, 579, 2, 0, locked),
                        new SlotRoute(580, 1023, 1, 0, false)));
    }

    @Test
    void requestsForALockedSlotWaitAndOthersPass() throws Exception {
        route(true);
        try (RespConnection client = proxy.connect();
                RespConnection other = proxy.connect()) {
            client.send("SET", "a", "1");
            client.send("SET", "b", "2");
            client.flush();
            await().atMost(SOON).until(() -> one.call("GET", "b").text().equals("2"));
            assertThat(other.call("SET", "b", "3").text()).isEqualTo("OK");
            assertThat(two.call("EXISTS", "a").number()).isZero();
            route(false);
            assertThat(client.read().text()).isEqualTo("OK");
            assertThat(client.read().text()).isEqualTo("OK");
        }
        assertThat(two.call("GET", "a").text()).isEqualTo("1");
    }

    @Test
    void aWaitingRequestIsToldWhenItsTimeIsOver() {
        route(true);
        Reply reply = proxy.call("GET", "a");
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        assertThat(((Reply.Failure) reply).text())
                .contains("slot 579 is locked")
                .contains("5000 ms");
        assertThat(((Reply.Failure) proxy.call("MGET", "a", "b")).text()).contains("slot 579 is locked");
    }

    @Test
    void aLockIsConfirmedOnlyWhenWhatWasAdmittedBeforeIsAnswered() throws Exception {
        try (RespConnection client = proxy.connect()) {
            assertThat(client.call("SET", "a", "0").text()).isEqualTo("OK");
            two.freeze();
            client.send("SET", "a", "1");
            client.flush();
            // The request is admitted once the proxy counts it.
            await().atMost(SOON).until(() -> proxy.plane().stats(false).ops().total() >= 2);
            RouteTable locked = table(true);
            assertThatThrownBy(() -> proxy.plane().install(locked, Duration.ofMillis(300)))
                    .isInstanceOf(CodisException.class)
                    .extracting(e -> ((CodisException) e).reason())
                    .isEqualTo(Reason.TIMED_OUT);
            two.thaw();
            proxy.plane().install(locked, SOON);
            assertThat(client.read().text()).isEqualTo("OK");
        }
    }

    private RouteTable table(boolean locked) {
        return new RouteTable(
                1,
                proxy.nextVersion(),
                null,
                TestProxy.groups(one.address(), two.address()),
                List.of(new SlotRoute(0, 1023, 2, 0, locked)),
                List.of());
    }

    /** Rule 11: the server may still execute what the lost connection had sent. */
    @Test
    void aBrokenConnectionWithWritesKeepsItsSlotsBusyUntilTheServerHasEndedIt() throws Exception {
        try (RespConnection client = proxy.connect()) {
            assertThat(client.call("SET", "a", "0").text()).isEqualTo("OK");
            two.freeze();
            client.send("SET", "a", "1");
            client.flush();
            await().atMost(SOON).until(() -> proxy.plane().stats(false).ops().total() >= 2);
            proxy.severConnections();
            assertThat(((Reply.Failure) client.read()).text()).startsWith("ERR outcome unknown: connection to");
            RouteTable locked = table(true);
            assertThatThrownBy(() -> proxy.plane().install(locked, Duration.ofMillis(300)))
                    .isInstanceOf(CodisException.class);
            two.thaw();
            proxy.plane().install(locked, SOON);
            String after = two.call("GET", "a").text();
            assertThat(two.call("GET", "a").text()).isEqualTo(after);
        }
    }

    /** A barrier need not wait for a killed server to come back, nor the proxy be evicted for it. */
    @Test
    void whatWasSentToAServerThatIsGoneFromThisMachineKeepsNoSlotBusy() throws Exception {
        try (RespConnection client = proxy.connect()) {
            assertThat(client.call("SET", "a", "0").text()).isEqualTo("OK");
            two.freeze();
            client.send("SET", "a", "1");
            client.flush();
            await().atMost(SOON).until(() -> proxy.plane().stats(false).ops().total() >= 2);
            two.kill();
            assertThat(((Reply.Failure) client.read()).text()).startsWith("ERR outcome unknown: connection to");
            proxy.plane().install(table(true), SOON);
        }
    }

    @Test
    void olderTablesAreRefusedAndAnEqualOneIsWelcome() {
        RouteTable now = table(false);
        proxy.plane().install(now, SOON);
        assertThat(proxy.plane().install(now, SOON).version()).isEqualTo(now.version());
        RouteTable older = new RouteTable(1, now.version() - 1, null, now.groups(), now.slots(), List.of());
        assertThatThrownBy(() -> proxy.plane().install(older, SOON))
                .extracting(e -> ((CodisException) e).reason())
                .isEqualTo(Reason.STALE_VERSION);
        RouteTable deposed = new RouteTable(0, now.version() + 1, null, now.groups(), now.slots(), List.of());
        assertThatThrownBy(() -> proxy.plane().install(deposed, SOON))
                .extracting(e -> ((CodisException) e).reason())
                .isEqualTo(Reason.STALE_EPOCH);
        RouteTable wrong = new RouteTable(
                1, now.version() + 1, null, now.groups(), List.of(new SlotRoute(0, 5, 7, 0, false)), List.of());
        assertThatThrownBy(() -> proxy.plane().install(wrong, SOON))
                .extracting(e -> ((CodisException) e).reason())
                .isEqualTo(Reason.INVALID_ARGUMENT);
    }

    @Test
    void aServerThatComesBackIsUsedAgainAndRequestsInBetweenWait() throws Exception {
        assertThat(proxy.call("SET", "a", "1").text()).isEqualTo("OK");
        two.kill();
        CompletableFuture<Reply> read = CompletableFuture.supplyAsync(() -> proxy.call("GET", "a"));
        CompletableFuture<Reply> write = CompletableFuture.supplyAsync(() -> proxy.call("SET", "a", "2"));
        assertThat(proxy.call("SET", "b", "other slots work").text()).isEqualTo("OK");
        two.restart();
        assertThat(read.get(20, TimeUnit.SECONDS).text()).isIn("", "2");
        assertThat(write.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
        assertThat(two.call("GET", "a").text()).isEqualTo("2");
    }

    @Test
    void afterAKillInMidPipelineEveryRequestHasAnAnswerAndReadsAreRepeated() throws Exception {
        try (RespConnection client = proxy.connect()) {
            assertThat(client.call("SET", "a", "x").text()).isEqualTo("OK");
            two.freeze();
            for (int i = 0; i < 100; i++) {
                client.send("SET", "a", "v" + i);
                client.send("GET", "b");
                client.send("GET", "a");
            }
            client.flush();
            await().atMost(SOON).until(() -> proxy.plane().stats(false).ops().total() >= 301);
            two.kill();
            two.restart();
            for (int i = 0; i < 100; i++) {
                Reply write = client.read();
                assertThat(write).isInstanceOf(Reply.Failure.class);
                assertThat(((Reply.Failure) write).text()).startsWith("ERR outcome unknown");
                assertThat(client.read()).isEqualTo(new Reply.Nil());
                assertThat(client.read()).isEqualTo(new Reply.Nil());
            }
        }
    }

    @Test
    void aServerThatHasBecomeAReplicaMakesWritesWaitForTheNewTable() throws Exception {
        proxy.call("SET", "a", "1");
        two.call("REPLICAOF", "127.0.0.1", Integer.toString(one.port())).text();
        CompletableFuture<Reply> write = CompletableFuture.supplyAsync(() -> proxy.call("SET", "a", "2"));
        Thread.sleep(200);
        assertThat(write).isNotDone();
        proxy.install(TestProxy.groups(one.address(), two.address()), List.of(new SlotRoute(0, 1023, 1, 0, false)));
        assertThat(write.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
        assertThat(one.call("GET", "a").text()).isEqualTo("2");
    }

    @Test
    void aScriptThatAnswersReadonlyIsNotRepeated() {
        String script = "redis.call('incr', KEYS[1]); return redis.error_reply('READONLY made up')";
        Reply reply = proxy.call("EVAL", script, "1", "a");
        assertThat(((Reply.Failure) reply).text()).isEqualTo("READONLY made up");
        assertThat(two.call("GET", "a").text()).isEqualTo("1");
    }

    @Test
    void aLoginThatIsRefusedIsTriedAgain() throws Exception {
        proxy.install(
                new Credentials("proxy-1-2", "pw"),
                TestProxy.groups(one.address(), two.address()),
                List.of(new SlotRoute(0, 1023, 2, 0, false)),
                List.of());
        CompletableFuture<Reply> write = CompletableFuture.supplyAsync(() -> proxy.call("SET", "a", "1"));
        await().atMost(SOON)
                .until(() -> proxy.plane().stats(false).backends().stream().anyMatch(b -> b.loginRefused()));
        assertThat(write).isNotDone();
        two.call("ACL", "SETUSER", "proxy-1-2", "on", ">pw", "~*", "+@all").text();
        assertThat(write.get(20, TimeUnit.SECONDS).text()).isEqualTo("OK");
        assertThat(two.call("ACL", "WHOAMI").text()).isEqualTo("default");
        assertThat(two.call("CLIENT", "LIST").text()).contains("user=proxy-1-2");
    }

    /** A failover away from a master that hangs: nobody waits for it until its connection times out. */
    @Test
    void whatHangsAtAServerThatLeftTheRoutesIsAnsweredSoon() throws Exception {
        try (RespConnection client = proxy.connect()) {
            assertThat(client.call("SET", "a", "0").text()).isEqualTo("OK");
            two.freeze();
            client.send("SET", "a", "1");
            client.send("GET", "a");
            client.flush();
            await().atMost(SOON).until(() -> proxy.plane().stats(false).ops().total() >= 3);
            proxy.install(TestProxy.groups(one.address()), List.of(new SlotRoute(0, 1023, 1, 0, false)));
            assertThat(((Reply.Failure) client.read()).text()).startsWith("ERR outcome unknown");
            assertThat(client.read()).isEqualTo(new Reply.Nil());
            assertThat(client.call("SET", "a", "2").text()).isEqualTo("OK");
        } finally {
            two.thaw();
        }
    }

    @Test
    void anOfflineSlotIsAnError() {
        proxy.install(TestProxy.groups(one.address()), List.of(new SlotRoute(0, 10, 1, 0, false)));
        assertThat(((Reply.Failure) proxy.call("GET", "a")).text()).contains("slot is not ready, may be offline");
        assertThat(proxy.plane().stats(false).complete()).isFalse();
    }

    @Test
    void aServerThatDoesNotAnswerIsReportedSilent() throws Exception {
        proxy.call("SET", "a", "1");
        two.freeze();
        CompletableFuture<Reply> read = CompletableFuture.supplyAsync(() -> proxy.call("GET", "a"));
        await().atMost(SOON)
                .until(() -> proxy.plane().stats(false).backends().stream()
                        .anyMatch(b -> b.addr().equals(two.address()) && b.silentMs() > 100));
        two.thaw();
        assertThat(read.get(20, TimeUnit.SECONDS).text()).isEqualTo("1");
        two.kill();
        await().atMost(SOON)
                .until(() -> proxy.plane().stats(false).backends().stream()
                        .anyMatch(b -> b.addr().equals(two.address())
                                && !b.up()
                                && !b.error().isEmpty()));
    }
}
