package io.codis.infra.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class HttpApiTest {

    record Order(int slotId, String newOwner) {}

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final HttpClient plain = HttpClient.newHttpClient();
    private final ApiClient client = ApiClient.create(Duration.ofSeconds(20));
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private HttpApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() {
        api = HttpApi.builder()
                .get("/", request -> Response.redirect("/topom"))
                .get("/topom", request -> Response.text(200, "overview"))
                .get("/api/echo/{first}/{second}", request -> Response.json(request.params()))
                .put("/api/order", request -> Response.json(request.json(Order.class)))
                .put("/api/orders", request -> Response.json(request.jsonList(Order.class)))
                .put("/api/number/{n}", request -> Response.json(request.integer("n")))
                .put("/api/ok", request -> Response.ok())
                .put("/api/slow", request -> slow())
                .get("/api/refuse", request -> {
                    throw new CodisException(Reason.NOT_FOUND, "group-[7] doesn't exist");
                })
                .get("/api/defect", request -> {
                    throw new IllegalStateException("boom");
                })
                .get("/page/{file...}", StaticContent.ofDirectory(directory))
                .bodyLimit(1000)
                .start(ANY_PORT);
    }

    @AfterEach
    void stop() {
        release.countDown();
        client.close();
        plain.close();
        api.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /topom, 200",
        "GET, /topom/, 200",
        "GET, /topom//, 404",
        "HEAD, /topom, 200",
        "PUT, /topom, 404",
        "GET, /api/ok, 404",
        "GET, /api/echo/a/b, 200",
        "GET, /api/echo/a/b/, 200",
        "GET, /api/echo/a, 404",
        "GET, /api/echo/a/b/c, 404",
        "GET, /api/echo//b, 404",
        "DELETE, /api/echo/a/b, 404",
        "GET, /nothing, 404",
        "GET, /, 302",
    })
    void routesAreMatchedAsCodisDoes(String method, String path, int status) throws Exception {
        var answer = send(method, path, "");
        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 404) {
            assertThat(answer.body()).isEqualTo("404 page not found\n");
        }
    }

    @Test
    void segmentsAreDecodedBeforeTheyAreMatched() throws Exception {
        assertThat(send("GET", "/api/echo/127.0.0.1%3A6379/%7Bx%7D%20%C3%A9", "")
                        .body())
                .contains("127.0.0.1:6379")
                .contains("{x} é");
        assertThat(send("GET", "/api/echo/a%2Fb", "").statusCode()).isEqualTo(200);
    }

    @Test
    void headHasNoBodyAndTheLengthOfGet() throws Exception {
        var answer = send("HEAD", "/topom", "");
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("Content-Length")).contains("8");
    }

    @Test
    void anApplicationErrorIsStatus800WithCauseAndReason() throws Exception {
        var answer = send("GET", "/api/refuse", "");
        assertThat(answer.statusCode()).isEqualTo(800);
        assertThat(answer.body())
                .isEqualTo("{\"Cause\":\"group-[7] doesn't exist\",\"Stack\":null,\"Reason\":\"NotFound\"}");

        var thrown = refusal(() -> client.get(url("/api/refuse"), String.class));
        assertThat(thrown.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(thrown).hasMessage("group-[7] doesn't exist");
    }

    @Test
    void aDefectIsToldAsOne() {
        assertThat(refusal(() -> client.get(url("/api/defect"), String.class)).reason())
                .isEqualTo(Reason.INTERNAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /api/order||the request has no body
        /api/order|{"slot_id":|line 1
        /api/order|{"slot_id":1.5,"new_owner":"x"}|slot_id:
        /api/order|{"slot_id":"1","new_owner":"x"}|slot_id:
        /api/order|{"slot_id":99999999999,"new_owner":"x"}|slot_id:
        /api/order|{"slot_id":1,"new_owner":5}|new_owner:
        /api/order|[]|JSON document
        /api/order|null|null where a value is needed
        /api/order|{} {}|JSON document
        /api/orders|{}|JSON document
        /api/orders|[{"slot_id":1},{"slot_id":true}]|[1].slot_id:
        /api/number/x||invalid n
        /api/number/99999999999||invalid n
        /api/number/%20||missing n
        """)
    void badInputIsRefusedWithItsPlace(String path, String body, String expected) throws Exception {
        var answer = send("PUT", path, body == null ? "" : body);
        assertThat(answer.statusCode()).isEqualTo(800);
        assertThat(answer.body()).contains(expected.replace("\"", "\\\"")).contains("InvalidArgument");
    }

    @Test
    void recordsTravelInSnakeCaseAndUnknownKeysAreIgnored() throws Exception {
        var order = new Order(5, "group-1");
        assertThat(client.putJson(url("/api/order"), order, Order.class)).isEqualTo(order);
        assertThat(send("PUT", "/api/order", "{\"slot_id\":5,\"new_owner\":\"group-1\",\"later\":{}}")
                        .body())
                .contains("\"slot_id\" : 5");
        client.put(url("/api/ok"));
        assertThat(client.put(url("/api/ok"), String.class)).isEqualTo("OK");
    }

    @Test
    void aBodyBeyondTheLimitIsRefused() throws Exception {
        var answer = send("PUT", "/api/orders", "[" + " ".repeat(2000) + "]");
        assertThat(answer.statusCode()).isEqualTo(800);
        assertThat(answer.body()).contains("larger than 1000 bytes");
    }

    @Test
    void anAnswerDoesNotWaitForTheCommonPool() {
        List<CompletableFuture<Response>> busy = IntStream.range(0, 2 * ForkJoinPool.getCommonPoolParallelism() + 2)
                .mapToObj(_ -> CompletableFuture.supplyAsync(this::slow))
                .toList();
        assertThat(client.put(url("/api/ok"), String.class)).isEqualTo("OK");
        assertThat(busy).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void aCallEndsAtItsDeadline() {
        long begin = System.nanoTime();
        var thrown = refusal(() -> client.within(Duration.ofMillis(300)).put(url("/api/slow")));
        assertThat(thrown.reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(thrown).hasMessageContaining("PUT " + url("/api/slow"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    }

    /** The JDK's own request timeout ends with the headers. */
    @Test
    void anAnswerThatStopsInTheMiddleEndsAtTheDeadlineToo() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var peer = threads.submit(() -> {
                var socket = server.accept();
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes(StandardCharsets.US_ASCII));
                return socket;
            });
            var thrown = refusal(() -> client.within(Duration.ofMillis(400))
                    .get("http://127.0.0.1:" + server.getLocalPort() + "/x", String.class));
            assertThat(thrown.reason()).isEqualTo(Reason.TIMED_OUT);
            peer.get().close();
        }
    }

    @Test
    void nobodyListeningIsUnavailableAndTheLoginIsNotShown() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        String login = "95b62887719520f17e312eaa76d28f2b";
        var thrown = refusal(() -> client.put("http://127.0.0.1:" + port + "/api/topom/reload/" + login));
        assertThat(thrown.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(thrown)
                .hasMessageContaining("PUT http://127.0.0.1:" + port + "/api/topom/reload/***")
                .hasMessageNotContaining(login);
    }

    @Test
    void aConnectionThatBreaksUnderAChangeHasAnUnknownOutcome() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.submit(() -> {
                try (Socket socket = server.accept()) {
                    return socket.getInputStream().read();
                }
            });
            var thrown = refusal(() -> client.put("http://127.0.0.1:" + server.getLocalPort() + "/x"));
            assertThat(thrown.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        }
    }

    @Test
    void otherStatusesAreTransportErrors() {
        assertThatThrownBy(() -> client.get(url("/nothing"), String.class))
                .hasMessage("[404] 404 page not found - GET " + url("/nothing"));
    }

    @Test
    void withoutTheBearerTokenNothingIsServed() throws Exception {
        try (var guarded = HttpApi.builder()
                        .bearerToken("right")
                        .open("/healthz", request -> Response.ok())
                        .get("/state", request -> Response.ok())
                        .start(ANY_PORT);
                var right = ApiClient.create(Duration.ofSeconds(20), "right");
                var wrong = ApiClient.create(Duration.ofSeconds(20), "wrong")) {
            String state = "http://127.0.0.1:" + guarded.port() + "/state";
            assertThat(right.get(state, String.class)).isEqualTo("OK");
            for (var each : List.of(wrong, client)) {
                assertThat(each.get("http://127.0.0.1:" + guarded.port() + "/healthz", String.class))
                        .isEqualTo("OK");
                assertThat(refusal(() -> each.get(state, String.class)).reason())
                        .isEqualTo(Reason.UNAUTHORIZED);
                assertThat(refusal(() -> each.get(state + "/unknown", String.class))
                                .reason())
                        .isEqualTo(Reason.UNAUTHORIZED);
            }
        }
    }

    @Test
    void tlsTrustsWhatThisMachineTrusts() throws Exception {
        HttpsServer server = HttpsServer.create(ANY_PORT, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned()));
        server.start();
        try {
            String url = "https://127.0.0.1:" + server.getAddress().getPort() + "/";
            assertThat(refusal(() -> client.get(url, String.class))).hasMessageContaining("PKIX path");
        } finally {
            server.stop(0);
        }
    }

    private SSLContext selfSigned() throws Exception {
        Path store = directory.resolve("server.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=a",
                        "-storepass",
                        "password",
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start();
        assertThat(made.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "password".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "password".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void aTakenPortIsNamed() {
        assertThatThrownBy(() -> HttpApi.builder().start(api.address()))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE))
                .hasMessageContaining(Integer.toString(api.port()));
    }

    @Test
    void closingLetsARunningExchangeEnd() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answer = threads.submit(() -> client.put(url("/api/slow"), String.class));
            entered.await();
            var closing = threads.submit(() -> api.close(Duration.ofSeconds(30)));
            release.countDown();
            assertThat(answer.get()).isEqualTo("OK");
            closing.get();
        }
        assertThat(refusal(() -> client.get(url("/topom"), String.class)).reason())
                .isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void filesAreServedAndNothingOutsideTheirRoot() throws Exception {
        Files.writeString(directory.resolve("index.html"), "<p>home");
        Files.createDirectories(directory.resolve("js"));
        Files.writeString(directory.resolve("js/app.js"), "run()");
        Path outside = Files.createTempFile("outside", ".txt");
        Files.writeString(outside, "private");
        Files.createSymbolicLink(directory.resolve("link.txt"), outside);

        assertThat(send("GET", "/page/", "").body()).isEqualTo("<p>home");
        var script = send("GET", "/page/js/app.js", "");
        assertThat(script.body()).isEqualTo("run()");
        assertThat(script.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
        for (String path :
                List.of("../" + outside.getFileName(), "%2e%2e/x", "js", "link.txt", "js/..%2f..%2fx", ".hidden")) {
            assertThat(send("GET", "/page/" + path, "").statusCode()).as(path).isEqualTo(404);
        }
        Files.delete(outside);
    }

    private Response slow() {
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Response.ok();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + api.port() + path;
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url(path)))
                .method(method, BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(30))
                .build();
        return plain.send(request, BodyHandlers.ofString());
    }

    private static CodisException refusal(ThrowingCallable call) {
        return catchThrowableOfType(CodisException.class, call);
    }
}
