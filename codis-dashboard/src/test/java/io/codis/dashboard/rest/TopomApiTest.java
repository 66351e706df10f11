package io.codis.dashboard.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.config.DashboardConfig;
import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.PromotionCommand;
import io.codis.core.wire.Xauth;
import io.codis.dashboard.Dashboard;
import io.codis.dashboard.TestDashboard;
import io.codis.dashboard.TestProxy;
import io.codis.infra.coordinator.MemoryCoordinator;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import io.codis.testkit.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API over a whole dashboard; its servers do not exist, which no route here needs. */
class TopomApiTest {

    private static final String XAUTH = Xauth.ofDashboard(TestProxy.PRODUCT);
    private static final ApiClient CLIENT = ApiClient.create(Duration.ofSeconds(30));

    private static Dashboard dashboard;
    private static TestProxy proxy;
    private static String base;

    @BeforeAll
    static void start() {
        int port = Ports.free();
        base = "http://127.0.0.1:" + port;
        var store = new MemoryCoordinator.Store();
        try (var before = new TestDashboard(store, step -> {})) {
            // as a dashboard before has left it: group 1 has servers, group 2 has none
            before.state().commit(new GroupCommand.CreateGroup(1));
            before.state().commit(new GroupCommand.AddServer(1, "127.0.0.1:1", ""));
            before.state().commit(new PromotionCommand.StartPromotion(1, "127.0.0.1:1", Promotion.Kind.BOOTSTRAP));
            before.state().commit(new PromotionCommand.PromotionPrepared(1, "127.0.0.1:1", "run"));
            before.state().commit(new PromotionCommand.PromotionFinished(1));
            before.state().commit(new PromotionCommand.PromotionCleared(1));
            before.assignAll(1);
            before.state().commit(new GroupCommand.CreateGroup(2));
        }
        var settings = DashboardConfig.defaults()
                .settings()
                .with(DashboardConfig.ADMIN_ADDR, "127.0.0.1:" + port)
                .with(DashboardConfig.PRODUCT_NAME, TestProxy.PRODUCT)
                .with(DashboardConfig.PRODUCT_AUTH, TestProxy.AUTH);
        dashboard =
                Dashboard.start(new DashboardConfig(settings), TestDashboard.SECRET, new MemoryCoordinator(store), "");
        proxy = new TestProxy("0123456789abcdef0123456789abcdef");
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try {
                CLIENT.getBytes(base + "/readyz");
                return true;
            } catch (CodisException e) {
                return false;
            }
        });
    }

    @AfterAll
    static void stop() {
        proxy.close();
        dashboard.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            group/create/X/0                 | invalid group id = 0, out of range
            group/create/X/10000             | invalid group id = 10000, out of range
            group/create/X/1                 | group-[1] already exists
            group/create/X/x                 | invalid gid
            group/remove/X/9                 | group-[9] doesn't exist
            group/remove/X/1                 | group-[1] isn't empty
            group/add/X/2/nonsense           | invalid server address
            group/add/X/2/127.0.0.1:1        | server-[127.0.0.1:1] already exists
            group/add/X/9/127.0.0.1:2        | group-[9] doesn't exist
            group/del/X/2/127.0.0.1:9        | group-[2] doesn't have server-[127.0.0.1:9]
            group/action/create/X/1.1.1.1:1  | server-[1.1.1.1:1] doesn't exist
            group/resync/X/9                 | group-[9] doesn't exist
            proxy/reinit/X/abc               | proxy-[abc] doesn't exist
            proxy/remove/X/abc/0             | proxy-[abc] doesn't exist
            slots/action/create/X/5/2        | group-[2] is empty
            slots/action/create/X/5/9        | group-[9] doesn't exist
            slots/action/create/X/5/1        | slot-[5] already in group-[1]
            slots/action/create/X/1024/1     | slot-[1024] doesn't exist
            slots/action/create/X/x/1        | invalid sid
            slots/action/create-range/X/9/3/1| invalid slot range [9,3]
            slots/action/remove/X/5          | slot-[5] action doesn't exist
            loglevel/X/LOUD                  | invalid loglevel
            reload/0123                      | invalid xauth, please check product name & auth
            """)
    void aRefusedChangeSaysWhyInTheWordsOfCodis(String path, String text) {
        assertThatThrownBy(() -> put(path.strip().replace("X", XAUTH)))
                .isInstanceOf(CodisException.class)
                .hasMessage(text);
    }

    @Test
    void aBodyThatIsNoJsonIsRefusedWhereCodisTookItForAnEmptyList() {
        assertThatThrownBy(() -> put("slots/assign/" + XAUTH)).hasMessageContaining("JSON");
        assertThatThrownBy(() -> CLIENT.putJson(base + "/api/topom/slots/assign/" + XAUTH, Map.of("id", "no list")))
                .isInstanceOf(CodisException.class);
    }

    @Test
    void anOwnedSlotIsNotReassignedWithoutItsData() {
        put("group/create/" + XAUTH + "/3");
        var mapping = List.of(Map.of("id", 7, "group_id", 3, "action", Map.of()));
        assertThatThrownBy(() -> CLIENT.putJson(base + "/api/topom/slots/assign/" + XAUTH, mapping))
                .hasMessage("group-[3] is empty");
    }

    @Test
    void theStatsHaveEveryKeyThatThePagesOfCodisRead() {
        JsonNode stats = get("/api/topom/stats/" + XAUTH);

        assertThat(stats.path("closed").isBoolean()).isTrue();
        assertThat(stats.path("slots").size()).isEqualTo(1024);
        assertThat(stats.path("slots").get(0).path("action").isObject()).isTrue();
        JsonNode group = stats.path("group").path("models").get(0);
        assertThat(group.path("id").asInt()).isEqualTo(1);
        assertThat(group.path("servers").isArray()).isTrue();
        assertThat(group.path("promoting").isObject()).isTrue();
        assertThat(group.path("servers").get(0).path("action").isObject()).isTrue();
        assertThat(stats.path("group").path("models").get(1).path("servers").isArray())
                .isTrue();
        assertThat(stats.path("group").path("stats").isObject()).isTrue();
        assertThat(stats.path("proxy").path("models").isArray()).isTrue();
        assertThat(stats.path("proxy").path("stats").isObject()).isTrue();
        assertThat(stats.path("slot_action").path("progress").path("status").isTextual())
                .isTrue();
        assertThat(stats.path("slot_action").path("interval").isInt()).isTrue();
        assertThat(stats.path("sentinels").path("model").isObject()).isTrue();
        assertThat(stats.path("conditions").isArray()).isTrue();
    }

    @Test
    void theOverviewShowsSettingsAsTextAndNoPassword() {
        JsonNode overview = get("/topom");

        assertThat(names(overview)).contains("version", "compile", "config", "model", "stats");
        assertThat(overview.path("config").path("migration_timeout").isTextual())
                .isTrue();
        assertThat(overview.path("config").has("product_auth")).isFalse();
        assertThat(overview.toString()).doesNotContain("\"" + TestProxy.AUTH + "\"");
        assertThat(overview.path("model").path("product_name").asText()).isEqualTo(TestProxy.PRODUCT);
    }

    @Test
    void theSlotsAreShownAsAProxyHasThem() {
        JsonNode slots = get("/topom/slots");

        assertThat(slots.size()).isEqualTo(1024);
        assertThat(slots.get(5).path("backend_addr").asText()).isEqualTo("127.0.0.1:1");
    }

    @Test
    void aRebalanceWithoutConfirmationOnlyShowsItsPlan() {
        JsonNode plan = CLIENT.put(base + "/api/topom/slots/rebalance/" + XAUTH + "/0", JsonNode.class);

        assertThat(plan.isObject()).isTrue();
        assertThat(get("/topom/stats").path("slots").findValuesAsText("state")).isEmpty();
    }

    @Test
    void aProxyIsRegisteredAndRemoved() {
        put("proxy/create/" + XAUTH + "/" + proxy.adminAddress());

        assertThat(proxy.online()).isTrue();
        assertThat(get("/topom/stats")
                        .path("proxy")
                        .path("models")
                        .get(0)
                        .path("token")
                        .asText())
                .isEqualTo(proxy.token());
        assertThatThrownBy(() -> put("proxy/create/" + XAUTH + "/" + proxy.adminAddress()))
                .hasMessage("proxy-[" + proxy.token() + "] already exists");
        put("proxy/reinit/" + XAUTH + "/" + proxy.token());
        put("proxy/remove/" + XAUTH + "/" + proxy.token() + "/1");
        assertThat(get("/topom/stats").path("proxy").path("models").size()).isZero();
    }

    @Test
    void aProxyOfAnotherPasswordIsRefused() {
        assertThatThrownBy(() -> put("proxy/create/" + XAUTH + "/127.0.0.1:1"))
                .hasMessageStartingWith("proxy@127.0.0.1:1 fetch model failed, ");
    }

    @Test
    void intervalIsClampedAndDisabledKept() {
        put("slots/action/interval/" + XAUTH + "/99999999");
        put("slots/action/disabled/" + XAUTH + "/7");
        JsonNode action = get("/topom/stats").path("slot_action");
        assertThat(action.path("interval").asInt()).isEqualTo(1_000_000);
        assertThat(action.path("disabled").asBoolean()).isTrue();
        put("slots/action/interval/" + XAUTH + "/-1");
        put("slots/action/disabled/" + XAUTH + "/0");
        assertThat(get("/topom/stats").path("slot_action").path("interval").asInt())
                .isZero();
    }

    @Test
    void infoIsReadFromServersOfThisClusterOnly() {
        assertThatThrownBy(() -> get("/api/topom/group/info/127.0.0.1:22"))
                .hasMessage("server-[127.0.0.1:22] doesn't exist");
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void put(String path) {
        CLIENT.put(base + "/api/topom/" + path);
    }

    private static JsonNode get(String path) {
        return Json.tree(CLIENT.getBytes(base + path));
    }
}
