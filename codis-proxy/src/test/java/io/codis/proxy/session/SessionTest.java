package io.codis.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.codis.proxy.plane.DataPlane;
import io.codis.proxy.plane.DataPlaneSettings;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One client: its limits, its manners, and that it cannot hurt the others. */
class SessionTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TestProxy proxy(DataPlaneSettings settings) {
        TestProxy proxy = TestProxy.open(settings);
        proxy.install(TestProxy.groups(server.address()), TestProxy.even(1));
        return proxy;
    }

    private static DataPlaneSettings with(String auth, DataPlaneSettings.Clients clients) {
        DataPlaneSettings d = TestProxy.settings();
        return new DataPlaneSettings(d.listen(), auth, "", 2, 16, d.hold(), clients, d.backends());
    }

    private static DataPlaneSettings.Clients clients(int max, int pipeline, Duration idle, Duration send) {
        return new DataPlaneSettings.Clients(max, idle, send, pipeline, true, false);
    }

    private static String raw(TestProxy proxy, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", proxy.plane().address().getPort())) {
            socket.setSoTimeout(20000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void inlineRequestsAreServedAndQuitEndsTheConnection() throws Exception {
        try (TestProxy proxy = proxy(TestProxy.settings())) {
            assertThat(raw(proxy, "PING\r\n\r\nSET 'in line' \"a\\x41\\n\"\nGET 'in line'\r\n*0\r\nQUIT\r\nPING\r\n"))
                    .isEqualTo("+PONG\r\n+OK\r\n$3\r\naA\n\r\n+OK\r\n");
        }
    }

    @Test
    void aProtocolErrorIsNamedBeforeTheConnectionEnds() throws Exception {
        try (TestProxy proxy = proxy(TestProxy.settings())) {
            assertThat(raw(proxy, "PING\r\n*2\r\n$3\r\nGET\r\n+x\r\n"))
                    .isEqualTo("+PONG\r\n-ERR Protocol error: expected '$', got '+'\r\n");
            assertThat(raw(proxy, "*1048577\r\n")).isEqualTo("-ERR Protocol error: invalid multibulk length\r\n");
            assertThat(raw(proxy, "GET 'x\r\n")).isEqualTo("-ERR Protocol error: unbalanced quotes in request\r\n");
            assertThat(raw(proxy, "x".repeat(70000))).isEqualTo("-ERR Protocol error: too big inline request\r\n");
            assertThat(raw(proxy, "POST / HTTP/1.1\r\nHost: x\r\n\r\n")).isEmpty();
        }
    }

    @Test
    void aClientMustLogInFirst() throws Exception {
        try (TestProxy proxy = proxy(with("secret", DataPlaneSettings.Clients.DEFAULT));
                RespConnection client = proxy.connect()) {
            assertThat(client.call("GET", "a")).isEqualTo(new Reply.Failure("NOAUTH Authentication required."));
            assertThat(client.call("AUTH", "wrong")).isEqualTo(new Reply.Failure("ERR invalid password"));
            assertThat(client.call("AUTH", "someone", "secret").toString()).contains("WRONGPASS");
            assertThat(client.call("HELLO", "2").toString()).contains("NOAUTH");
            assertThat(client.call("HELLO", "4", "AUTH", "default", "secret").toString())
                    .contains("NOPROTO");
            assertThat(client.call("AUTH", "default", "secret").text()).isEqualTo("OK");
            assertThat(client.call("SET", "a", "1").text()).isEqualTo("OK");
            assertThat(client.call("RESET").text()).isEqualTo("RESET");
            assertThat(client.call("GET", "a").toString()).contains("NOAUTH");
            assertThat(client.call("HELLO", "2", "AUTH", "default", "secret", "SETNAME", "me"))
                    .isInstanceOf(Reply.Many.class);
            assertThat(client.call("CLIENT", "GETNAME").text()).isEqualTo("me");
        }
    }

    /** While a password is changed; the file that one comes from may end with a line end. */
    @Test
    void eachLineIsAPassword() throws Exception {
        try (TestProxy proxy = proxy(with("new\r\nformer\n", DataPlaneSettings.Clients.DEFAULT));
                RespConnection client = proxy.connect()) {
            assertThat(client.call("AUTH", "").toString()).contains("invalid password");
            assertThat(client.call("AUTH", "new\r\nformer\n").toString()).contains("invalid password");
            for (String password : List.of("new", "former")) {
                assertThat(client.call("AUTH", password).text()).isEqualTo("OK");
                assertThat(client.call("RESET").text()).isEqualTo("RESET");
                assertThat(client.call("GET", "a").toString()).contains("NOAUTH");
            }
        }
        try (TestProxy proxy = proxy(with("\n", DataPlaneSettings.Clients.DEFAULT));
                RespConnection client = proxy.connect()) {
            assertThat(client.call("GET", "a").toString())
                    .as("a mistake does not let everybody in")
                    .contains("NOAUTH");
        }
    }

    @Test
    void aClientChoosesItsProtocolAndMayTakeItBack() throws Exception {
        try (TestProxy proxy = proxy(TestProxy.settings());
                RespConnection client = proxy.connect()) {
            assertThat(client.call("HELLO", "3")).isInstanceOf(Reply.Typed.class);
            assertThat(client.call("HELLO").toString()).contains("Bulk[proto], Num[value=3]");
            assertThat(client.call("CLIENT", "GETNAME")).isEqualTo(new Reply.Typed('_', new Reply.Nil()));
            assertThat(client.call("SELECT", "1").text()).isEqualTo("OK");
            assertThat(client.call("CLIENT", "INFO").text()).contains(" db=1 ").contains(" resp=3");
            assertThat(client.call("GET", "nokey")).isEqualTo(new Reply.Typed('_', new Reply.Nil()));
            assertThat(client.call("HELLO", "2")).isInstanceOf(Reply.Many.class);
            assertThat(client.call("CLIENT", "INFO").text()).contains(" db=1 ").contains(" resp=2");
            assertThat(client.call("GET", "nokey")).isEqualTo(new Reply.Nil());
            assertThat(client.call("HELLO", "3")).isInstanceOf(Reply.Typed.class);
            assertThat(client.call("RESET").text()).isEqualTo("RESET");
            assertThat(client.call("GET", "nokey")).isEqualTo(new Reply.Nil());
        }
    }

    /** Two connections to one server keep no order between them. */
    @ParameterizedTest
    @ValueSource(strings = {"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n", "hello 3\r\n"})
    void aPipelineThatChangesTheProtocolKeepsItsOrder(String hello) throws Exception {
        try (TestProxy proxy = proxy(TestProxy.settings());
                RespConnection client = proxy.connect()) {
            client.call("DEL", "a");
            for (int i = 0; i < 200; i++) {
                client.send("APPEND", "a", "x");
                client.write(hello.getBytes(StandardCharsets.US_ASCII));
                client.send("STRLEN", "a");
                client.send("GET", "nokey");
                client.send("APPEND", "a", "x");
                client.send("RESET");
                client.send("STRLEN", "a");
                client.send("GET", "nokey");
            }
            client.flush();
            for (int i = 0; i < 200; i++) {
                assertThat(client.read().number()).isEqualTo(2 * i + 1);
                assertThat(client.read()).isInstanceOf(Reply.Typed.class);
                assertThat(client.read().number()).isEqualTo(2 * i + 1);
                assertThat(client.read()).isEqualTo(new Reply.Typed('_', new Reply.Nil()));
                assertThat(client.read().number()).isEqualTo(2 * i + 2);
                assertThat(client.read().text()).isEqualTo("RESET");
                assertThat(client.read().number()).isEqualTo(2 * i + 2);
                assertThat(client.read()).isEqualTo(new Reply.Nil());
            }
        }
    }

    @Test
    void whatIsNotServedIsRefusedWithAReason() {
        try (TestProxy proxy = proxy(TestProxy.settings())) {
            assertThat(proxy.call("KEYS", "*").toString())
                    .contains("not allowed")
                    .contains("SCAN");
            assertThat(proxy.call("MULTI").toString()).contains("not allowed");
            assertThat(proxy.call("BLPOP", "a", "0").toString()).contains("not allowed");
            assertThat(proxy.call("CONFIG", "GET", "*").toString()).contains("not allowed");
            assertThat(proxy.call("SLOTSRESTORE-ASYNC", "x").toString()).contains("not allowed");
            assertThat(proxy.call("RENAME", "a", "b").toString()).contains("CROSSSLOT");
            assertThat(proxy.call("NOSUCH", "x").toString()).contains("unknown command 'NOSUCH'");
            assertThat(proxy.call("EVAL", "return 1", "0").toString()).contains("not allowed");
        }
    }

    @Test
    void bigValuesPassBothWays() throws Exception {
        byte[] big = new byte[64 << 20];
        new Random(1).nextBytes(big);
        String value = new String(big, StandardCharsets.ISO_8859_1);
        try (TestProxy proxy = proxy(TestProxy.settings());
                RespConnection client = proxy.connect()) {
            client.timeout(SOON);
            client.send("SET", "big", value);
            client.send("GET", "small");
            client.send("GET", "big");
            client.send("STRLEN", "big");
            CompletableFuture<Void> flushed = CompletableFuture.runAsync(() -> {
                try {
                    client.flush();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(client.read().text()).isEqualTo("OK");
            assertThat(client.read()).isEqualTo(new Reply.Nil());
            assertThat(Arrays.equals(((Reply.Bulk) client.read()).bytes(), big)).isTrue();
            assertThat(client.read().number()).isEqualTo(big.length);
            flushed.get(20, TimeUnit.SECONDS);
            client.call("DEL", "big");
        }
    }

    @Test
    void aClientThatDoesNotReadStopsNobodyElse() throws Exception {
        try (TestProxy proxy = proxy(with("", clients(100, 1000, Duration.ZERO, Duration.ofSeconds(2))));
                Socket slow = new Socket("127.0.0.1", proxy.plane().address().getPort())) {
            proxy.call("SET", "value", "x".repeat(200_000));
            byte[] request = "*2\r\n$3\r\nGET\r\n$5\r\nvalue\r\n".repeat(200).getBytes(StandardCharsets.ISO_8859_1);
            slow.getOutputStream().write(request);
            slow.getOutputStream().flush();
            try (RespConnection quick = proxy.connect()) {
                for (int i = 0; i < 1000; i++) {
                    assertThat(quick.call("SET", "q" + i, "1").text()).isEqualTo("OK");
                }
            }
            await("the slow client is dropped")
                    .atMost(SOON)
                    .until(() -> proxy.plane().stats(false).sessions().alive() <= 1);
            assertThat(proxy.call("PING").text()).isEqualTo("PONG");
        }
    }

    @Test
    void aFloodOfRequestsIsReadAsFastAsItIsAnswered() throws Exception {
        try (TestProxy proxy = proxy(with("", clients(100, 100, Duration.ZERO, Duration.ZERO)));
                RespConnection client = proxy.connect()) {
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 50_000; i++) {
                        client.send("ECHO", Integer.toString(i));
                        client.send("SET", "k", Integer.toString(i));
                    }
                    client.flush();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 50_000; i++) {
                assertThat(client.read().text()).isEqualTo(Integer.toString(i));
                assertThat(client.read().text()).isEqualTo("OK");
            }
            sender.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void clientsThatLeaveInTheMiddleDisturbNoReply() throws Exception {
        try (TestProxy proxy = proxy(TestProxy.settings());
                RespConnection staying = proxy.connect()) {
            for (int round = 0; round < 50; round++) {
                try (RespConnection leaving = proxy.connect()) {
                    for (int i = 0; i < 100; i++) {
                        leaving.send("SET", "leaving", "wrong" + i);
                        leaving.send("GET", "leaving");
                    }
                    leaving.flush();
                }
                staying.send("SET", "mine", "v" + round);
                staying.send("GET", "mine");
                staying.flush();
                assertThat(staying.read().text()).isEqualTo("OK");
                assertThat(staying.read().text()).isEqualTo("v" + round);
            }
            await().atMost(SOON)
                    .until(() -> proxy.plane().stats(false).sessions().alive() == 1);
        }
    }

    @Test
    void tooManyClientsAreTurnedAwayWithAWord() throws Exception {
        try (TestProxy proxy = proxy(with("", clients(2, 100, Duration.ZERO, Duration.ZERO)));
                RespConnection first = proxy.connect();
                RespConnection second = proxy.connect()) {
            first.call("PING");
            second.call("PING");
            assertThat(raw(proxy, "")).isEqualTo("-ERR max number of clients reached\r\n");
        }
    }

    @Test
    void anIdleClientIsClosed() throws Exception {
        try (TestProxy proxy = proxy(with("", clients(10, 100, Duration.ofMillis(300), Duration.ZERO)));
                Socket idle = new Socket("127.0.0.1", proxy.plane().address().getPort())) {
            idle.setSoTimeout(20000);
            InputStream in = idle.getInputStream();
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void untilItIsOnlineClientsAreRefusedAndFromThenOnThePortIsTaken() throws Exception {
        try (DataPlane plane = NioDataPlane.open(TestProxy.settings())) {
            int port = plane.address().getPort();
            assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);

            plane.goOnline();
            plane.goOnline();
            new Socket("127.0.0.1", port).close();
            assertThatThrownBy(() -> NioDataPlane.open(new DataPlaneSettings(
                            plane.address(),
                            "",
                            "",
                            1,
                            16,
                            Duration.ofSeconds(1),
                            DataPlaneSettings.Clients.DEFAULT,
                            DataPlaneSettings.Backends.DEFAULT)))
                    .hasMessageContaining("cannot listen");
        }
    }

    @Test
    void countersTellWhatHappened() {
        try (TestProxy proxy = proxy(TestProxy.settings())) {
            proxy.call("SET", "a", "1");
            proxy.call("GET", "a");
            proxy.call("LPUSH", "a", "x");
            proxy.call("NOSUCH");
            var ops = proxy.plane().stats(true).ops();
            assertThat(ops.total()).isEqualTo(4);
            assertThat(ops.redis().errors()).isEqualTo(2);
            assertThat(ops.cmd())
                    .extracting(c -> c.opstr() + c.calls() + c.redisErrtype())
                    .containsExactly("GET10", "LPUSH11", "SET10");
            proxy.plane().resetStats();
            assertThat(proxy.plane().stats(true).ops().total()).isZero();
        }
    }
}
