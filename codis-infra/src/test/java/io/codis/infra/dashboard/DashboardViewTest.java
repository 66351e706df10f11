package io.codis.infra.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.codis.core.plan.MemberId;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.dashboard.DashboardSteps.Patience;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import io.codis.infra.json.Json;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DashboardViewTest {

    private static final String MOVING = """
            {"slots": [{"id": 0, "group_id": 1, "action": {"state": "migrating", "target_id": 3}},
                       {"id": 1, "group_id": 2, "action": {"state": "pending", "target_id": 3}},
                       {"id": 2, "group_id": 3, "action": {}}],
             "slot_action": {"progress": {"status": "[OK] Slot[0000]@DB[0]=90"},
                             "moves": [{"source": 1, "keys_per_second": 1000, "eta_seconds": 90},
                                       {"source": 2, "keys_per_second": 300, "eta_seconds": ETA}]},
             "conditions": [{"reason": "StaleEpoch", "message": "of something else"},
                            {"reason": "TargetUnfit", "message": "server s has no room"}]}
            """;

    @Test
    void movesHaveTheRateOfAllSourcesAndEndWithTheLast() {
        DashboardView view = view("120");

        assertThat(view.moving()).isEqualTo(2);
        assertThat(view.moves().keysPerSecond()).isEqualTo(1300);
        assertThat(view.moves().left()).contains(Duration.ofMinutes(2));
        assertThat(view.moves().problem()).isEqualTo("TargetUnfit: server s has no room");
    }

    @Test
    void theEndIsUnknownAsLongAsOneSourceDoesNotKnowIt() {
        assertThat(view("-1").moves().left()).isEmpty();
    }

    @Test
    void withoutMovesThereIsNothingToSay() {
        DashboardView view = DashboardView.of(Json.tree("{}".getBytes(StandardCharsets.UTF_8)), name -> name);

        assertThat(view.moves()).isEqualTo(DashboardView.Moves.NONE);
    }

    @Test
    void aFencedServerIsNamedWithWhatEndsIt() {
        DashboardView view = DashboardView.of(Json.tree("""
                {"group": {"models": [{"id": 1, "servers": [{"server": "a:1"}, {"server": "b:1"}]}]},
                 "fenced": ["b:1"],
                 "conditions": [{"reason": "NeedsDecision", "object": "group-[1]",
                                 "message": "a:1 restarted and may lack writes; [b:1] is fenced by a person"}]}
                """.getBytes(StandardCharsets.UTF_8)), name -> name);
        UnaryOperator<String> names = address -> address.equals("b:1") ? "server-b" : "server-a";

        assertThat(view.groups().getFirst().servers())
                .extracting(DashboardView.Server::fenced)
                .containsExactly(false, true);
        assertThat(view.fences(names, arguments -> "codis " + arguments))
                .containsExactly("server-b is fenced by a person, until: codis unfence server-b");
        assertThat(DashboardView.inWords(view.standstill(1).orElseThrow(), names, arguments -> "codis " + arguments))
                .isEqualTo(
                        "group 1 has no master: server-a restarted and may lack writes; [server-b] is fenced by a person;"
                                + " to let it be chosen: codis unfence server-b; bring that data back, or give it up: codis failover 1"
                                + " --accept-loss");
        assertThatThrownBy(() -> NamedMember.of(view, "server-b", names).replaceable())
                .hasMessage(
                        "server-b is fenced, and keeps what it has; let it take part again first: unfence server-b");
        assertThatThrownBy(() -> NamedMember.of(view, "server-c", names))
                .hasMessage("there is no server server-c; use one of server-a, server-b");
    }

    /** It is part of a status, and is to change only when the number of slots does. */
    @Test
    void whoLooksOnceIsToldOfMovesWithoutTheirProgress() {
        refused(stats(MOVING), new Step.AwaitMoves(), "2 slots still move");
    }

    @Test
    void slotsThatNobodyHadAreAssignedAndDoNotMove() {
        refused(
                stats(MOVING.replaceAll("\"group_id\": [12]", "\"group_id\": 0")),
                new Step.AwaitMoves(),
                "2 slots are being assigned");
    }

    @Test
    void whatTheDashboardRefusesForAWhileIsSaidInPlainWords() {
        var add = new Step.AddServer(new MemberId(2, 1));
        refused(added(Reason.BUSY, "group-[2] is promoting"), add, "group 2: a new master is being made");
        refused(
                added(Reason.UNAVAILABLE, "server@s-2-1:6379 fetch state of its launcher failed, GET http://..."),
                add,
                "group 2: pod-2-1 does not answer yet");
        refused(added(Reason.NOT_READY, "topom is not online"), add, "waiting until the dashboard leads");
        refused(added(Reason.BUSY, "group-[2] something else"), add, "group-[2] something else");
    }

    private static UnaryOperator<HttpApi.Builder> stats(String text) {
        return api -> api.get("/api/topom/stats/{xauth}", request -> Response.text(200, text.replace("ETA", "7")));
    }

    private static UnaryOperator<HttpApi.Builder> added(Reason reason, String message) {
        return api -> api.put("/api/topom/group/add/{x}/{gid}/{addr}", request -> {
            throw new CodisException(reason, message);
        });
    }

    private static void refused(UnaryOperator<HttpApi.Builder> routes, Step.ForDashboard step, String message) {
        try (HttpApi api = routes.apply(HttpApi.builder()).start(new InetSocketAddress("127.0.0.1", 0));
                var dashboard = new DashboardApi("127.0.0.1:" + api.port(), "product")) {
            var steps = new DashboardSteps(dashboard, NAMES, Patience.NONE);

            assertThatThrownBy(() -> steps.apply(step))
                    .isInstanceOf(CodisException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void whyNoDashboardLeadsIsSaid() {
        refused(
                api -> api.get("/api/topom/stats/{xauth}", request -> {
                    throw new CodisException(
                            Reason.NOT_READY,
                            "topom is not online: no dashboard leads now: Unavailable: no answer from ZooKeeper zk:2181");
                }),
                new Step.AwaitDashboard(),
                "waiting until the dashboard leads: no dashboard leads now: Unavailable: no answer from ZooKeeper"
                        + " zk:2181");
    }

    @Test
    void whatAGroupWaitsForIsSaidAndADecisionEndsTheWait() {
        assertThat(waitingFor("NotReady", "the master does not answer [s-0.x:6379]"))
                .hasMessage(
                        "waiting until all of group 1 are in sync; group 1 has no master: the master does not answer"
                                + " [s-0]")
                .extracting(e -> ((CodisException) e).reason())
                .isEqualTo(Reason.TIMED_OUT);
        assertThat(waitingFor("NeedsDecision", "[s-0.x:6379] came back without the group's data"))
                .hasMessage("group 1 has no master: [s-0] came back without the group's data; bring that data back, or"
                        + " give it up: codis failover 1 --accept-loss")
                .extracting(e -> ((CodisException) e).reason())
                .isEqualTo(Reason.NEEDS_DECISION);
    }

    @Test
    void whoHasTheDataAndIsStillStartingIsWaitedForAndNotGivenUp() {
        assertThat(waitingFor(
                        "NeedsDecision",
                        "[e-0.x:6379] came back without the group's data, and"
                                + " [slow-1.x:6379], which may have it, is silent"))
                .hasMessage(
                        "waiting until all of group 1 are in sync; group 1 has no master: [e-0] came back without the"
                                + " group's data, and [slow-1], which may have it, is silent; slow-1 runs and is still starting;"
                                + " wait for it")
                .extracting(e -> ((CodisException) e).reason())
                .isEqualTo(Reason.TIMED_OUT);
        assertThat(waitingFor(
                        "NeedsDecision",
                        "every member that answers has restarted, and [a-0.x:6379,"
                                + " slow-1.x:6379] may have newer data"))
                .hasMessageEndingWith("; slow-1 runs and is still starting; wait for it");
        assertThat(waitingFor(
                        "NeedsDecision",
                        "every member that answers has restarted, and [slow-1.x:6379] may have"
                                + " newer data; the engine of slow-1.x:6379 does not start: Bad file format"))
                .hasMessageEndingWith("--accept-loss");
        assertThat(waitingFor("NeedsDecision", "[slow-1.x:6379] came back without the group's data"))
                .hasMessageEndingWith("--accept-loss");
    }

    @Test
    void anEngineWhoseDiskIsFullIsNotWell() {
        assertThat(server("\"aof_last_write_status\": \"err\"").error()).isEqualTo("unable to write to its disk");
        assertThat(server("\"rdb_last_bgsave_status\": \"err\", \"aof_enabled\": \"0\"")
                        .error())
                .isEqualTo("unable to write to its disk");
        assertThat(server("\"aof_last_write_status\": \"ok\"").error()).isEmpty();
        assertThat(server("\"rdb_last_bgsave_status\": \"err\", \"aof_enabled\": \"1\"")
                        .error())
                .isEmpty();
    }

    private static DashboardView.Server server(String info) {
        String stats = """
                {"group": {"models": [{"id": 1, "servers": [{"server": "s:1"}]}],
                           "stats": {"s:1": {"stats": {INFO}}}}}
                """.replace("INFO", info);
        return DashboardView.of(Json.tree(stats.getBytes(StandardCharsets.UTF_8)), name -> name)
                .groups()
                .getFirst()
                .servers()
                .getFirst();
    }

    private static Throwable waitingFor(String reason, String message) {
        String stats = """
                {"group": {"models": [{"id": 1, "servers": [{"server": "s-0.x:6379"}]}]},
                 "conditions": [{"reason": "REASON", "object": "group-[1]", "message": "MESSAGE"}]}
                """.replace("REASON", reason).replace("MESSAGE", message);
        try (HttpApi api = HttpApi.builder()
                        .get("/api/topom/stats/{xauth}", request -> Response.text(200, stats))
                        .start(new InetSocketAddress("127.0.0.1", 0));
                var dashboard = new DashboardApi("127.0.0.1:" + api.port(), "product")) {
            var steps = new DashboardSteps(dashboard, NAMES, Patience.NONE);
            return catchThrowable(() -> steps.apply(new Step.AwaitInSync(1)));
        }
    }

    private static final DashboardSteps.Addresses NAMES = new DashboardSteps.Addresses() {
        @Override
        public String server(MemberId member) {
            return "s-" + member.group() + "-" + member.ordinal() + ":6379";
        }

        @Override
        public String name(MemberId member) {
            return "pod-" + member.group() + "-" + member.ordinal();
        }

        @Override
        public String proxyAdmin(int ordinal) {
            throw new AssertionError(ordinal);
        }

        @Override
        public String name(String address) {
            return address.replaceAll("[.:].*", "");
        }

        @Override
        public boolean starting(String address) {
            return address.startsWith("slow");
        }

        @Override
        public String codis(String arguments) {
            return "codis " + arguments;
        }
    };

    private static DashboardView view(String eta) {
        String text = MOVING.replace("ETA", eta);
        return DashboardView.of(Json.tree(text.getBytes(StandardCharsets.UTF_8)), name -> name);
    }
}
