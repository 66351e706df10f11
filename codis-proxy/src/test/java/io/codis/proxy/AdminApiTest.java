package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.SentinelNode;
import io.codis.core.codis3.SlotRouting;
import io.codis.core.config.ProxyConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.ProxyModel;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteConfirmation;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdminApiTest {

    private static final RouteTable TABLE =
            new RouteTable(3, 17, new Credentials("proxy-1-17", "secret"), List.of(), List.of(), List.of());

    private final ApiClient client = ApiClient.create(Duration.ofSeconds(20));
    private ProxyServer proxy;
    private FakePlane plane;

    @BeforeEach
    void start() {
        var settings = ProxyConfig.defaults()
                .settings()
                .with(ProxyConfig.ADMIN_ADDR, "127.0.0.1:0")
                .with(ProxyConfig.PRODUCT_NAME, "codis-demo")
                .with(ProxyConfig.PRODUCT_AUTH, "secret");
        proxy = ProxyServer.start(new ProxyConfig(settings), ProxyServer.Launch.DEFAULT, FakePlane::new);
        plane = (FakePlane) proxy.plane();
    }

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
    }

    @Test
    void theModelHasTheKeysOfTheContractAndNeedsNoLogin() {
        JsonNode model = client.get(base() + "/api/proxy/model", JsonNode.class);

        assertThat(model.fieldNames())
                .toIterable()
                .containsExactly(
                        "token",
                        "start_time",
                        "admin_addr",
                        "proto_type",
                        "proxy_addr",
                        "product_name",
                        "pid",
                        "pwd",
                        "sys",
                        "hostname",
                        "datacenter");
        assertThat(model.get("admin_addr").asText())
                .isEqualTo("127.0.0.1:" + proxy.adminAddress().getPort());
        assertThat(model.get("proxy_addr").asText()).isEqualTo("127.0.0.1:19000");
        assertThat(client.get(base() + "/proxy/model", ProxyModel.class).token())
                .hasSize(32);
    }

    @Test
    void theGuardIsTheOneOfTheContract() {
        String xauth = Xauth.ofProxy("codis-demo", "secret", token());

        assertThat(client.getBytes(base() + "/api/proxy/xping/" + xauth))
                .asString()
                .isEqualTo("\"OK\"");
        assertThatThrownBy(() -> client.getBytes(base() + "/api/proxy/xping/" + xauth.replace(xauth.charAt(0), '_')))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED))
                .hasMessageContaining("invalid xauth, please check product name & auth");
    }

    @Test
    void statsHaveTheKeysOfTheContractWithOursBehindThem() {
        JsonNode stats = client.get(url("stats"), JsonNode.class);

        assertThat(stats.fieldNames())
                .toIterable()
                .containsExactly(
                        "online",
                        "closed",
                        "sentinels",
                        "ops",
                        "sessions",
                        "rusage",
                        "backend",
                        "backends",
                        "moves_broken",
                        "moves_wanted",
                        "ready");
        assertThat(stats.get("ops").toString())
                .isEqualTo("{\"total\":5,\"fails\":1,\"redis\":{\"errors\":2},\"qps\":3}");
        assertThat(stats.get("sentinels").toString()).isEqualTo("{}");
        assertThat(stats.at("/backend/primary_only").isBoolean()).isTrue();
        assertThat(stats.at("/moves_broken/0").toString())
                .isEqualTo("{\"source\":1,\"target\":2,\"user\":\"mig-1-3\"}");
        assertThat(stats.at("/moves_wanted/0").toString())
                .isEqualTo("{\"source\":1,\"database\":0,\"key\":\"a2V5\",\"bytes\":5000000}");
    }

    @Test
    void flagsAddCommandsAndTheRuntime() {
        JsonNode commands = client.get(url("stats") + "/1", JsonNode.class);
        JsonNode runtime = client.get(url("stats") + "/4", JsonNode.class);

        assertThat(commands.at("/ops/cmd/0").toString())
                .isEqualTo(
                        "{\"opstr\":\"GET\",\"calls\":2,\"usecs\":30,\"usecs_percall\":15,\"fails\":1,\"redis_errtype\":0}");
        assertThat(commands.has("runtime")).isFalse();
        assertThat(runtime.at("/ops/cmd").isMissingNode()).isTrue();
        assertThat(runtime.get("runtime").fieldNames())
                .toIterable()
                .containsExactly("general", "heap", "gc", "num_procs", "num_goroutines", "num_cgo_call", "mem_offheap");
        assertThat(runtime.at("/runtime/gc").fieldNames())
                .toIterable()
                .containsExactly("num", "cpu_fraction", "total_pausems");
    }

    @Test
    void aRouteTableIsInstalledAndConfirmedWithItsVersion() {
        RouteConfirmation confirmed = client.putJson(url("route"), TABLE, RouteConfirmation.class);

        assertThat(confirmed).isEqualTo(new RouteConfirmation(3, 17));
        assertThat(plane.table).isEqualTo(TABLE);
        assertThat(plane.online).isFalse();
        assertThat(client.get(url("stats"), ProxyStats.class).route()).isEqualTo(new ProxyStats.RouteVersion(3, 17));
    }

    @Test
    void anOlderRouteTableIsRefusedWithTheReason() {
        client.putJson(url("route"), TABLE);
        RouteTable older = new RouteTable(3, 16, null, List.of(), List.of(), List.of());

        assertThatThrownBy(() -> client.putJson(url("route"), older))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STALE_VERSION));
    }

    @Test
    void slotsAreFilledAndShownAsTheContractSays() {
        SlotRouting slot = new SlotRouting(5, true, "a:1", 2, "b:2", 1, 1, List.of(List.of("c:3")));
        client.putJson(url("fillslots"), List.of(slot));

        List<SlotRouting> shown = client.get(url("slots"), new TypeReference<>() {});
        JsonNode open = client.get(base() + "/proxy/slots", JsonNode.class);

        assertThat(shown).hasSize(1024).contains(slot);
        assertThat(open.get(4).toString()).isEqualTo("{\"id\":4}");
        assertThat(open.get(5).toString())
                .isEqualTo("{\"id\":5,\"locked\":true,\"backend_addr\":\"a:1\","
                        + "\"backend_addr_group_id\":2,\"migrate_from\":\"b:2\",\"migrate_from_group_id\":1,"
                        + "\"forward_method\":1,\"replica_groups\":[[\"c:3\"]]}");
    }

    @Test
    void sentinelsAreTakenDownForTheRecord() {
        client.putJson(url("sentinels"), new SentinelNode(List.of("s:1", "s:2"), false));
        assertThat(client.get(url("stats"), ProxyStats.class).sentinels().servers())
                .containsExactly("s:1", "s:2");

        client.putJson(url("sentinels"), new SentinelNode(null, false));
        assertThat(client.get(url("stats"), ProxyStats.class).sentinels().servers())
                .isNullOrEmpty();
    }

    @Test
    void theOverviewShowsEverythingButSecrets() {
        JsonNode overview = client.get(base() + "/proxy", JsonNode.class);

        assertThat(overview.fieldNames())
                .toIterable()
                .containsExactly("version", "compile", "config", "model", "stats", "slots");
        assertThat(overview.at("/config/backend_ping_period").asText()).isEqualTo("5s");
        assertThat(overview.get("config").has("product_auth")).isFalse();
        assertThat(overview.at("/stats/runtime").isObject()).isTrue();
        assertThat(overview.toString()).doesNotContain("secret");
    }

    @Test
    void readyMeansOnlineWithAServerForEverySlotAndNotClosing() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("not online: waiting for the dashboard\n");

        client.put(url("start"));
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("some slots have no server\n");

        plane.complete = true;
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(client.get(url("stats"), ProxyStats.class).ready()).isTrue();
    }

    @Test
    void smallOrdersAreObeyed() {
        client.put(url("stats/reset"));
        client.put(url("forcegc"));
        client.put(url("loglevel") + "/info");
        client.put(url("sentinels") + "/rewatch");

        assertThat(plane.resets).isOne();
    }

    @Test
    void shutdownAnswersAndThenCloses() throws Exception {
        assertThat(client.put(url("shutdown"), String.class)).isEqualTo("OK");

        proxy.awaitClosed();
        assertThat(plane.drains).hasSize(1);
        assertThatThrownBy(() -> client.getBytes(base() + "/healthz"))
                .isInstanceOfSatisfying(
                        CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    }

    @ParameterizedTest
    @CsvSource({"/, 302", "/nothing, 404", "/api/proxy/model/, 200", "/api/proxy/start/x, 404", "/api/proxy/xping, 404"
    })
    void pathsAreThoseOfTheContract(String path, int status) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(status);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(base() + path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private String token() {
        return client.get(base() + "/api/proxy/model", ProxyModel.class).token();
    }

    private String url(String what) {
        return base() + "/api/proxy/" + what + "/" + Xauth.ofProxy("codis-demo", "secret", token());
    }

    private String base() {
        return "http://127.0.0.1:" + proxy.adminAddress().getPort();
    }
}
