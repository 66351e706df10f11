package io.codis.dashboard.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.codis3.Topom;
import io.codis.core.config.DashboardConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Xauth;
import io.codis.dashboard.Dashboard;
import io.codis.dashboard.TestDashboard;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import io.codis.testkit.Ports;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole dashboards on one coordinator: whichever is asked, the one that leads answers, or nobody hangs. */
class ForwardingTest {

    private static final String PRODUCT = "demo";
    private static final String XAUTH = Xauth.ofDashboard(PRODUCT);
    private static final Duration HOLD = Duration.ofMinutes(1);
    private static final String LEASE = "/codis3/demo/leader";
    private static final String TOPOM = "/codis3/demo/topom";

    private final MemoryCoordinator.Store store = new MemoryCoordinator.Store();
    private final MemoryCoordinator coordinator = new MemoryCoordinator(store);
    private final ApiClient client = ApiClient.create(Duration.ofSeconds(30));
    private final List<AutoCloseable> open = new ArrayList<>(List.of(coordinator, client));

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void whateverAStandbyIsAskedTheLeaderAnswers() {
        String leader = start();
        awaitReady(leader, "ok\n");
        String standby = start();
        awaitReady(standby, "ok: standby of " + leader + "\n");

        put(standby, "group/create/" + XAUTH + "/1");
        put(standby, "slots/action/interval/" + XAUTH + "/77");

        for (String path : List.of("/topom/stats", "/api/topom/stats/" + XAUTH, "/topom", "/topom/slots")) {
            assertThat(get(standby, path)).as(path).isEqualTo(get(leader, path));
        }
        assertThat(get(standby, "/topom").at("/model/admin_addr").asText()).isEqualTo(leader);
        assertThat(get(standby, "/topom/stats").at("/slot_action/interval").asInt())
                .isEqualTo(77);
        assertThat(get(standby, "/api/topom/model").path("admin_addr").asText())
                .as("who it is itself")
                .isEqualTo(standby);
        assertThatThrownBy(() -> put(standby, "group/create/" + XAUTH + "/1")).hasMessage("group-[1] already exists");
        assertThatThrownBy(() -> put(standby, "group/create/0123/2"))
                .hasMessage("invalid xauth, please check product name & auth");
    }

    @Test
    void bodiesArePassedOnUpToTheLimitOfAnyRequest() {
        awaitReady(start(), "ok\n");
        String standby = start();
        put(standby, "group/create/" + XAUTH + "/1");
        String assign = "http://" + standby + "/api/topom/slots/assign/" + XAUTH;
        var slots = new ArrayList<Map<String, Object>>();
        for (int slot = 0; slot < 1024; slot++) {
            slots.add(Map.of("id", slot, "group_id", 1, "action", Map.of(), "padding", "x".repeat(900)));
        }

        assertThatThrownBy(() -> client.putJson(assign, slots)).hasMessage("group-[1] is empty");
        slots.addAll(Collections.nCopies(1024, slots.getFirst()));
        assertThatThrownBy(() -> client.putJson(assign, slots)).hasMessageContaining("larger than 1048576 bytes");
    }

    @Test
    void whenTheLeaderIsGoneThatIsSaidAtOnceUntilTheStandbyLeads() {
        var lease = coordinator.tryLead(LEASE).orElseThrow();
        leads("127.0.0.1:" + Ports.free());
        String standby = start();

        CodisException problem = problem(() -> get(standby, "/topom/stats"));
        assertThat(problem.reason()).isEqualTo(Reason.NOT_READY);
        assertThat(problem).hasMessageMatching("topom is not online: the dashboard that led last, .*, does not answer");
        assertThat(problem(() -> put(standby, "group/create/" + XAUTH + "/1")).reason())
                .isEqualTo(Reason.NOT_READY);
        assertThatThrownBy(() -> client.getBytes("http://" + standby + "/readyz"))
                .hasMessageContaining("503");

        lease.close();
        awaitReady(standby, "ok\n");
        put(standby, "group/create/" + XAUTH + "/1");
    }

    @Test
    void whereNobodyEverLedThatIsSaid() {
        coordinator.tryLead(LEASE).orElseThrow();

        assertThat(problem(() -> get(start(), "/topom/stats")))
                .hasMessage("topom is not online: no dashboard leads now");
    }

    @Test
    void aRequestGoesOneWayOnlyWhoeverIsBelievedToLead() {
        coordinator.tryLead(LEASE).orElseThrow();
        String first = start();
        String second = start();
        leads(second);

        for (String asked : List.of(first, second)) {
            assertThat(problem(() -> get(asked, "/topom/stats")))
                    .as(asked)
                    .hasMessage("topom is not online: no dashboard leads now");
            assertThatThrownBy(() -> client.getBytes("http://" + asked + "/readyz"))
                    .hasMessageContaining("503");
        }
    }

    /** As one whose node has lost its power: connections stand, and nothing comes. */
    @Test
    void aChangeThatWaitsForASilentLeaderEndsWhenAnotherOneLeads() throws IOException {
        var lease = coordinator.tryLead(LEASE).orElseThrow();
        var silent = new ServerSocket(0);
        open.add(silent);
        leads("127.0.0.1:" + silent.getLocalPort());
        String standby = start();
        var change = CompletableFuture.supplyAsync(
                () -> problem(() -> put(standby, "group/create/" + XAUTH + "/1")), Thread::startVirtualThread);
        await().during(Duration.ofMillis(500)).until(() -> !change.isDone());

        lease.close();

        await().atMost(Duration.ofSeconds(10)).until(change::isDone);
        assertThat(change.join().reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        awaitReady(standby, "ok\n");
    }

    /** Moves may have begun in between, so whoever relied on it must not find it as it was. */
    @Test
    void aHoldOfMovesEndsWithItsLeaderAndItsHolderLearnsOfIt() throws Exception {
        awaitReady(start(), "ok\n");
        AutoCloseable leader = open.getLast();
        String standby = start();
        try (var api = new DashboardApi(standby, PRODUCT)) {
            String id = api.holdMoves("backup", HOLD).id();
            assertThat(api.holdMoves("backup", HOLD).id()).isEqualTo(id);

            leader.close();
            awaitReady(standby, "ok\n");

            assertThat(api.holdMoves("backup", HOLD).id()).isNotEqualTo(id);
        }
    }

    private String start() {
        String address = "127.0.0.1:" + Ports.free();
        var settings = DashboardConfig.defaults()
                .settings()
                .with(DashboardConfig.ADMIN_ADDR, address)
                .with(DashboardConfig.PRODUCT_NAME, PRODUCT);
        var dashboard =
                Dashboard.start(new DashboardConfig(settings), TestDashboard.SECRET, new MemoryCoordinator(store), "");
        open.add(dashboard);
        return address;
    }

    /** By the node {@code topom}. */
    private void leads(String address) {
        coordinator.put(TOPOM, Json.write(new Topom("token", "now", address, PRODUCT, 1, "/", "test")));
    }

    private void awaitReady(String dashboard, String text) {
        await(dashboard + " says " + text).atMost(Duration.ofSeconds(30)).until(() -> {
            try {
                return new String(client.getBytes("http://" + dashboard + "/readyz"), UTF_8).equals(text);
            } catch (CodisException e) {
                return false;
            }
        });
    }

    private CodisException problem(Runnable request) {
        return catchThrowableOfType(CodisException.class, request::run);
    }

    private void put(String dashboard, String path) {
        client.put("http://" + dashboard + "/api/topom/" + path);
    }

    private JsonNode get(String dashboard, String path) {
        return Json.tree(client.getBytes("http://" + dashboard + path));
    }
}
