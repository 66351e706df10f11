package io.codis.infra.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RedisConnectionTest {

    private static TestEngine engine;

    @BeforeAll
    static void start() throws Exception {
        engine = TestEngine.start();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
    }

    @Test
    void bytesComeBackAsTheyWereSent() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        try (var connection = engine.connect()) {
            connection.call("SET", "binary", all);
            assertThat((byte[]) connection.call("GET", "binary")).isEqualTo(all);
            assertThat(connection.call("GET", "absent")).isNull();
        }
    }

    @Test
    void errorsOfAPipelineAreValuesAndTheRestIsExecuted() {
        try (var connection = engine.connect()) {
            var replies = connection.callAll(List.of(
                    Command.of("SET", "text", "abc"),
                    Command.of("INCR", "text"),
                    Command.of("EVAL", "return {1, {'x'}, redis.error_reply('INNER broken')}", 0),
                    Command.of("DEL", List.of("text", "other"))));

            assertThat(Replies.text(replies.get(0))).isEqualTo("OK");
            assertThat(replies.get(1))
                    .isInstanceOfSatisfying(
                            EngineError.class, error -> assertThat(error.code()).isEqualTo("ERR"));
            assertThat(Replies.list(replies.get(2)).getLast()).isEqualTo(new EngineError("INNER broken"));
            assertThat(Replies.number(replies.get(3))).isEqualTo(1);
        }
    }

    @Test
    void anErrorReplyNamesTheEngineAndTheCommandAndLeavesTheConnectionUsable() {
        try (var connection = engine.connect()) {
            connection.call("SET", "text", "abc");
            assertThatThrownBy(() -> connection.call("LPUSH", "text", "x"))
                    .hasMessageContaining(engine.address)
                    .hasMessageContaining("LPUSH")
                    .hasMessageContaining("WRONGTYPE");
            assertThat(Replies.text(connection.call("GET", "text"))).isEqualTo("abc");
        }
    }

    @Test
    void aWrongPasswordIsUnauthorizedAndIsNotShown() {
        try (var connection = engine.connect()) {
            connection.call("ACL", "SETUSER", "probe", "on", ">right", "+ping");
            try (var probe = engine.connect(new Credentials("probe", "right"))) {
                assertThat(Replies.text(probe.call("PING"))).isEqualTo("PONG");
                assertThat(reasonOf(() -> probe.call("GET", "x"))).isEqualTo(Reason.UNAUTHORIZED);
            }
            assertThatThrownBy(() -> engine.connect(new Credentials("probe", "wrong-password")))
                    .isInstanceOfSatisfying(
                            CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED))
                    .hasMessageNotContaining("wrong-password");
        }
    }

    @Test
    void nobodyListeningIsUnavailable() throws Exception {
        String address = "127.0.0.1:" + TestEngine.freePort();
        assertThat(reasonOf(() -> RedisConnection.connect(address, Duration.ofSeconds(5), null)))
                .isEqualTo(Reason.UNAVAILABLE);
        assertThat(reasonOf(() -> RedisConnection.connect("no-port", Duration.ofSeconds(5), null)))
                .isEqualTo(Reason.INVALID_ARGUMENT);
    }

    @Test
    void aListenerThatNeverAnswersTheLoginTimesOut() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            assertThat(reasonOf(
                            () -> RedisConnection.connect(address, Duration.ofMillis(300), new Credentials("a", "b"))))
                    .isEqualTo(Reason.TIMED_OUT);
        }
    }

    @Test
    void aStoppedEngineCannotHoldACallBeyondItsDeadlineNotEvenAHugeWrite() throws Exception {
        try (var victim = TestEngine.start();
                var connection = victim.connect()) {
            connection.call("PING");
            victim.signal("STOP");
            var big = Command.of("SET", "big", new byte[1 << 20]);

            long begin = System.nanoTime();
            var thrown = catchThrowableOfType(
                    CodisException.class,
                    () -> connection.callAll(Duration.ofMillis(500), Collections.nCopies(64, big)));

            assertThat(thrown.reason()).isEqualTo(Reason.TIMED_OUT);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
            assertThat(reasonOf(() -> connection.call("PING"))).isEqualTo(Reason.UNAVAILABLE);
        }
    }

    @Test
    void aConnectionThatBreaksAfterTheCommandWasSentHasAnUnknownOutcome() throws Exception {
        try (var victim = TestEngine.start();
                var connection = victim.connect();
                var killer = victim.connect()) {
            long id = Replies.number(connection.call("CLIENT", "ID"));
            var blocked = Thread.ofVirtual().unstarted(() -> {
                org.awaitility.Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> Replies.text(killer.call("CLIENT", "LIST", "ID", id))
                                .contains("cmd=blpop"));
                killer.call("CLIENT", "KILL", "ID", id);
            });
            blocked.start();

            assertThat(reasonOf(() -> connection.callWithin(Duration.ofSeconds(60), "BLPOP", "nothing", 0)))
                    .isEqualTo(Reason.OUTCOME_UNKNOWN);
            blocked.join();
        }
    }

    private static Reason reasonOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(CodisException.class, call).reason();
    }
}
