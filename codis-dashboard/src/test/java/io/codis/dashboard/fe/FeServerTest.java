package io.codis.dashboard.fe;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.coordinator.FileCoordinator;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeServerTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

    @TempDir
    private Path directory;

    private HttpApi dashboard;
    private FeServer fe;
    private final HttpClient browser = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        dashboard = HttpApi.builder()
                .get("/topom", request -> Response.json("overview " + request.query()))
                .put("/api/topom/group/add/{x}/{gid}/{addr}", request -> Response.json(request.param("addr")))
                .put("/api/topom/fails", request -> Response.text(800, "{\"Cause\":\"no\"}"))
                .start(ANY_PORT);
        Path list = directory.resolve("list.json");
        Files.writeString(
                list,
                "[{\"name\":\"zeta\",\"dashboard\":\"127.0.0.1:" + dashboard.port()
                        + "\"},{\"name\":\"alpha\",\"dashboard\":\"127.0.0.1:1\"}]");
        fe = FeServer.start(Products.ofFile(list), ConsoleFiles.bundled(), ANY_PORT);
    }

    @AfterEach
    void stop() {
        fe.close();
        dashboard.close();
    }

    @Test
    void servesTheConsoleAtTheRoot() throws Exception {
        assertThat(send("GET", "/").body()).contains("<title>Codis</title>");
        assertThat(send("GET", "/console.js").headers().firstValue("Content-Type"))
                .hasValue("text/javascript; charset=utf-8");
    }

    @Test
    void listsProductsByName() throws Exception {
        assertThat(send("GET", "/list").body().replaceAll("\\s", "")).isEqualTo("[\"alpha\",\"zeta\"]");
    }

    @Test
    void forwardsToTheDashboardOfTheProductEvenBeforeAnybodyAskedForTheList() throws Exception {
        var answer = send("GET", "/topom?forward=zeta&x=1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("overview forward=zeta&x=1");
    }

    @Test
    void forwardsChangesWithEncodedPathSegments() throws Exception {
        var answer = send("PUT", "/api/topom/group/add/0123/1/%5B::1%5D%3A6379?forward=zeta");

        assertThat(answer.body()).contains("[::1]:6379");
    }

    @Test
    void passesTheErrorStatusOfCodisOn() throws Exception {
        var answer = send("PUT", "/api/topom/fails?forward=zeta");

        assertThat(answer.statusCode()).isEqualTo(800);
        assertThat(answer.body()).isEqualTo("{\"Cause\":\"no\"}");
    }

    @Test
    void answers403WithoutABodyForAnUnknownOrMissingProduct() throws Exception {
        for (String path : new String[] {"/topom?forward=nobody", "/topom", "/api/topom/model"}) {
            var answer = send("GET", path);

            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(answer.body()).as(path).isEmpty();
        }
        assertThat(send("PUT", "/api/topom/fails").statusCode()).isEqualTo(403);
    }

    @Test
    void saysWhichDashboardDoesNotAnswer() throws Exception {
        var answer = send("GET", "/topom?forward=alpha");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("127.0.0.1:1");
    }

    @Test
    void findsDashboardsInTheCoordinator() {
        try (var coordinator = FileCoordinator.open(directory.resolve("coordinator"))) {
            String topom =
                    "{\"token\":\"t\",\"start_time\":\"\",\"admin_addr\":\"10.0.0.1:18080\",\"product_name\":\"demo\","
                            + "\"pid\":1,\"pwd\":\"/\",\"sys\":\"\"}";
            coordinator.create("/codis3/demo/topom", topom.getBytes(StandardCharsets.UTF_8));
            coordinator.create("/codis3/stopped/sentinel", "{}".getBytes(StandardCharsets.UTF_8));

            assertThat(Products.of(coordinator).find()).hasSize(1).containsEntry("demo", "10.0.0.1:18080");
        }
    }

    @Test
    void keepsWhatItKnowsWhileTheSourceCannotBeRead() throws Exception {
        Path list = directory.resolve("list.json");
        var now = new AtomicLong();
        var cache = new ProductCache(Products.ofFile(list), now::get);
        assertThat(cache.all()).hasSize(2);

        Files.delete(list);
        now.addAndGet(ProductCache.FRESH.toNanos() + 1);

        assertThat(cache.all()).hasSize(2);
    }

    @Test
    void looksAgainWhenWhatItKnowsIsOld() throws Exception {
        Path list = directory.resolve("list.json");
        var now = new AtomicLong();
        var cache = new ProductCache(Products.ofFile(list), now::get);
        assertThat(cache.all()).hasSize(2);
        Files.writeString(list, "[]");

        assertThat(cache.all()).as("still fresh").hasSize(2);
        now.addAndGet(ProductCache.FRESH.toNanos() + 1);

        assertThat(cache.all()).isEmpty();
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + fe.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return browser.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
