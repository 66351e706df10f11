package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.plan.Plan;
import io.codis.core.plan.Step;
import io.codis.core.problem.Reason;
import io.codis.core.spec.LiveSettings;
import io.codis.core.wire.TakenSettings;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.DashboardView.Moves;
import io.codis.infra.dashboard.DashboardView.Server;
import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.ClusterStatus.GroupStatus;
import io.codis.operator.api.ClusterStatus.Progress;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.codis.operator.reconcile.StatusReport.Outcome;
import io.codis.operator.reconcile.Troubles.Trouble;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusReportTest {

    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final String SERVERS = "c-codis-server-statefulset";
    private static final Outcome SETTLED = new Outcome(new Plan(List.of()), Optional.empty(), "");
    private static final Outcome MOVING =
            new Outcome(new Plan(List.of(new Step.AwaitMoves())), Optional.of(Reason.TIMED_OUT), "1 slots still move");

    @Test
    void aGroupHasItsKeysItsMemoryAndItsLag() {
        ClusterStatus status = status(Optional.empty(), SETTLED, view(7, 5000, 0), 0);

        assertThat(status.groups())
                .containsExactly(
                        new GroupStatus(1, 2, SERVERS + "-0", List.of(SERVERS + "-1"), 7L, "1.43Mi", "in sync"));
        assertThat(status.measuredAt()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(status.progress()).isNull();
        assertThat(status.message()).isNull();
    }

    @Test
    void whileSlotsMoveTheRateAndTheEndAreSaidInNumbersAndInWords() {
        ClusterStatus status = status(Optional.empty(), MOVING, view(7, 5000, 2), 0);

        assertThat(status.progress()).isEqualTo(new Progress(1, 1300L, "2026-01-01T00:02:00Z", null));
        assertThat(status.message()).isEqualTo("1 slots still move, 1300 keys/s, until about 2026-01-01 00:02:00 UTC");
        assertThat(status.conditions().getFirst().message()).isEqualTo("1 slots still move");
    }

    @Test
    void movesThatSomebodyElseHasBegunAreSaidToo() {
        assertThat(status(Optional.empty(), SETTLED, view(7, 5000, 2), 0).message())
                .startsWith("1 slots move, 1300 keys/s");
    }

    @Test
    void whySlotsDoNotMoveIsSaid() {
        var stuck = view(2, new Moves("", 0, Optional.empty(), "TargetUnfit: server s has no room"), 7, 5000);

        ClusterStatus status = status(Optional.empty(), MOVING, stuck, 0);

        assertThat(status.message()).isEqualTo("1 slots still move; TargetUnfit: server s has no room");
        assertThat(status.progress().problem()).isEqualTo("TargetUnfit: server s has no room");
    }

    @Test
    void aStatusWhoseFiguresChangedLittleIsTheSameStatus() {
        ClusterStatus before = status(Optional.empty(), SETTLED, view(1000, 5000, 0), 0);

        assertThat(status(Optional.of(before), SETTLED, view(1050, 9000, 0), 3600))
                .isEqualTo(before);
    }

    @Test
    void aStatusWhoseFiguresWereWrittenJustNowIsTheSameStatus() {
        ClusterStatus before = status(Optional.empty(), MOVING, view(1000, 5000, 2), 0);

        assertThat(status(Optional.of(before), MOVING, view(9000, 5000, 2), 20)).isEqualTo(before);
    }

    @Test
    void aStatusWhoseFiguresChangedMuchIsWrittenAfterAWhile() {
        ClusterStatus before = status(Optional.empty(), SETTLED, view(1000, 5000, 0), 0);

        ClusterStatus later = status(Optional.of(before), SETTLED, view(9000, 5000, 0), 30);

        assertThat(later.groups().getFirst().keys()).isEqualTo(9000);
        assertThat(later.measuredAt()).isEqualTo("2026-01-01T00:00:30Z");
    }

    @Test
    void whatElseChangesIsWrittenAtOnceWithTheLatestFigures() {
        ClusterStatus before = status(Optional.empty(), MOVING, view(1000, 5000, 2), 0);

        ClusterStatus ready = status(Optional.of(before), SETTLED, view(1001, 5000, 0), 1);

        assertThat(ready.phase()).isEqualTo("Ready");
        assertThat(ready.progress()).isNull();
        assertThat(ready.groups().getFirst().keys()).isEqualTo(1001);
        assertThat(ready.measuredAt()).isEqualTo("2026-01-01T00:00:01Z");
    }

    @Test
    void whatADashboardThatIsSilentKnewIsNotTakenForGone() {
        ClusterStatus before = status(Optional.empty(), SETTLED, view(1000, 5000, 0), 0);

        ClusterStatus silent = status(Optional.of(before), MOVING, Optional.empty(), 1);

        assertThat(silent.summary().slots()).isEqualTo("?/1024");
        assertThat(silent.summary().servers()).isEqualTo("?/2");
        assertThat(silent.groups()).isEqualTo(before.groups());
        assertThat(status(Optional.empty(), MOVING, Optional.empty(), 1)
                        .summary()
                        .slots())
                .as("of a cluster that never had any")
                .isEqualTo("0/1024");
    }

    /** A replica that is behind, or a node that is drained, wakes nobody up. */
    @Test
    void whetherClientsAreServedIsAConditionOfItsOwn() {
        DashboardView well = view(7, 5000, 0);
        List<DashboardView.Proxy> online = List.of(new DashboardView.Proxy(1, "t", "s", "a:1", "p:1", true, 0));
        int[] offline = well.owners().clone();
        offline[0] = 0;

        assertThat(available(MOVING, Optional.of(with(well, online, well.owners()))))
                .isEqualTo("True Serving ");
        assertThat(available(SETTLED, Optional.of(with(well, List.of(), offline))))
                .isEqualTo("False NotServing 1 slots have no group; no proxy is online");
        assertThat(available(SETTLED, Optional.empty())).startsWith("Unknown DashboardSilent ");
    }

    private static String available(Outcome outcome, Optional<DashboardView> seen) {
        return condition(status(Optional.empty(), outcome, seen, 0), "Available");
    }

    private static String condition(ClusterStatus status, String type) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .map(condition -> condition.status() + " " + condition.reason() + " " + condition.message())
                .findFirst()
                .orElseThrow();
    }

    private static DashboardView with(DashboardView view, List<DashboardView.Proxy> proxies, int[] owners) {
        return new DashboardView(view.groups(), proxies, owners, view.targets(), view.moves(), view.notices());
    }

    @Test
    void thatAGroupHasLostItsDataIsAConditionAsLongAsTheDashboardSaysSo() {
        DashboardView well = view(7, 5000, 0);
        var gone = new DashboardView(
                well.groups(),
                well.proxies(),
                well.owners(),
                well.targets(),
                well.moves(),
                List.of(new DashboardView.Notice(Reason.DATA_GONE, "group-[1]", "the data of group 1 is gone")));

        assertThat(status(Optional.empty(), SETTLED, gone, 0).conditions()).anySatisfy(condition -> {
            assertThat(condition.type()).isEqualTo("DataGone");
            assertThat(condition.status()).isEqualTo("True");
            assertThat(condition.message()).isEqualTo("the data of group 1 is gone");
        });
        assertThat(status(Optional.empty(), SETTLED, well, 0).conditions())
                .extracting(condition -> condition.type())
                .doesNotContain("DataGone");
    }

    @Test
    void aFencedServerIsTellingAndNothingIsWrong() {
        ClusterStatus fenced = status(Optional.empty(), SETTLED, fenced(view(7, 5000, 0)), 0);
        ClusterStatus well = status(Optional.of(fenced), SETTLED, view(7, 5000, 0), 1);
        String said =
                "c-codis-server-statefulset-1 is fenced by a person, until: codis --context CONTEXT -n shop --cluster c"
                        + " unfence c-codis-server-statefulset-1";

        assertThat(fenced.phase()).isEqualTo("Ready");
        assertThat(fenced.message()).isEqualTo(said);
        assertThat(fenced.conditions()).anySatisfy(condition -> {
            assertThat(condition.type()).isEqualTo("Fenced");
            assertThat(condition.status()).isEqualTo("True");
            assertThat(condition.message()).isEqualTo(said);
        });
        assertThat(fenced.conditions()).anySatisfy(condition -> {
            assertThat(condition.type()).isEqualTo("Ready");
            assertThat(condition.status()).isEqualTo("True");
        });
        assertThat(Warnings.begun(Optional.empty(), fenced, "Fenced")).contains(said);
        assertThat(well.message()).isNull();
        assertThat(well.conditions()).extracting(condition -> condition.type()).doesNotContain("Fenced");
    }

    /** Its replica. */
    private static DashboardView fenced(DashboardView view) {
        var servers = new ArrayList<>(view.groups().getFirst().servers());
        Server replica = servers.removeLast();
        servers.add(new Server(replica.address(), true, "run", "", false, 7, 1_500_000, 0, "", Optional.empty(), true));
        return new DashboardView(
                List.of(new DashboardView.Group(1, servers, false)),
                view.proxies(),
                view.owners(),
                view.targets(),
                view.moves(),
                List.of());
    }

    @Test
    void aClusterThatNamesNoImageKeepsTheOneThatItWasMadeWith() {
        assertThat(status(Optional.empty(), MOVING, view(7, 5000, 2), 0).image())
                .isEqualTo("codis:test");
    }

    @Test
    void anImageThatTheUserNamesCountsWhenAllRunIt() {
        Wanted named = wanted("codisImage: codis:named");
        ClusterStatus before = status(Optional.empty(), SETTLED, view(7, 5000, 0), 0);

        ClusterStatus rolling = status(named, Optional.of(before), MOVING, Optional.of(view(7, 5000, 0)), 0);
        ClusterStatus rolled = status(named, Optional.of(rolling), SETTLED, Optional.of(view(7, 5000, 0)), 0);

        assertThat(rolling.image()).isEqualTo("codis:test");
        assertThat(rolled.image()).isEqualTo("codis:named");
        assertThat(status(named, Optional.empty(), MOVING, Optional.empty(), 0).image())
                .as("none ever ran")
                .isNull();
    }

    @Test
    void aSettingThatEnginesTakeLiveIsThereWhenAllServersHaveBeenAskedToHaveIt() {
        Wanted wanted = wanted("", "{maxclients: \"700\"}");
        String digest = LiveSettings.digest("maxclients 700\n");

        assertThat(servers(wanted, Optional.of(taken("", digest))))
                .isEqualTo("False SettingsPending settings that are set live have not reached " + SERVERS
                        + "-0 yet: nodes bring a changed file to a pod within about 90 seconds");
        assertThat(servers(wanted, Optional.of(taken(digest, digest)))).isEqualTo("True AllCurrent ");
        assertThat(servers(wanted(""), Optional.of(taken(digest, ""))))
                .as("taken back")
                .startsWith("False SettingsPending ");
        assertThat(servers(wanted, Optional.of(view(7, 5000, 0))))
                .as("nothing is known of servers")
                .contains(SERVERS + "-0, " + SERVERS + "-1 yet");
        assertThat(servers(wanted, Optional.empty())).startsWith("Unknown DashboardSilent ");
    }

    private static String servers(Wanted wanted, Optional<DashboardView> seen) {
        return condition(status(wanted, Optional.empty(), SETTLED, seen, 0), "ServersCurrent");
    }

    /** @param digests of what they were asked to have */
    private static DashboardView taken(String... digests) {
        DashboardView view = view(7, 5000, 0);
        DashboardView.Group group = view.groups().getFirst();
        var servers = new ArrayList<Server>();
        for (Server each : group.servers()) {
            var taken = new TakenSettings(digests[servers.size()], List.of());
            servers.add(new Server(
                    each.address(),
                    each.known(),
                    each.runId(),
                    each.masterAddress(),
                    each.linkUp(),
                    each.keys(),
                    each.usedMemory(),
                    each.offset(),
                    each.error(),
                    Optional.of(taken),
                    each.fenced()));
        }
        return new DashboardView(
                List.of(new DashboardView.Group(1, servers, false)),
                view.proxies(),
                view.owners(),
                view.targets(),
                view.moves(),
                view.notices());
    }

    @Test
    void whatServersThatServeDoNotTakeIsSaidOfAClusterThatIsReady() {
        var refused = List.of(new Trouble("SettingsRefused", "pod: the engine does not take 'hz many'"));

        ClusterStatus status = status(wanted(""), Optional.empty(), SETTLED, Optional.of(view(7, 5000, 0)), 0, refused);

        assertThat(status.phase()).isEqualTo("Ready");
        assertThat(status.message()).isEqualTo("pod: the engine does not take 'hz many'");
        assertThat(condition(status, "Ready")).isEqualTo("True AllWell ");
        assertThat(condition(status, "PodsRunning"))
                .isEqualTo("False SettingsRefused pod: the engine does not take 'hz many'");
    }

    @Test
    void settingsThatCodisSetsItselfAreToldOfOnce() {
        Wanted wanted = wanted("", "{redis.conf: \"hz 20\\nreplicaof a 1\\nport 1\"}");
        ClusterStatus first = status(wanted, Optional.empty(), SETTLED, Optional.empty(), 0);
        ClusterStatus second = status(wanted, Optional.of(first), SETTLED, Optional.empty(), 1);
        ClusterStatus without = status(Optional.of(second), SETTLED, Optional.empty(), 2);

        assertThat(leftOut(Optional.empty(), first))
                .contains("left out of redis.conf, as Codis sets them: port, replicaof");
        assertThat(leftOut(Optional.of(first), second)).isEmpty();
        assertThat(leftOut(Optional.of(second), without)).isEmpty();
        assertThat(leftOut(Optional.of(without), first)).isPresent();
    }

    private static Optional<String> leftOut(Optional<ClusterStatus> before, ClusterStatus now) {
        return Warnings.begun(before, now, "SettingsLeftOut");
    }

    private static ClusterStatus status(
            Optional<ClusterStatus> before, Outcome outcome, DashboardView view, int second) {
        return status(before, outcome, Optional.of(view), second);
    }

    private static ClusterStatus status(
            Optional<ClusterStatus> before, Outcome outcome, Optional<DashboardView> seen, int second) {
        return status(wanted(""), before, outcome, seen, second);
    }

    /** As it comes back from the API server. */
    private static ClusterStatus status(
            Wanted wanted, Optional<ClusterStatus> before, Outcome outcome, Optional<DashboardView> seen, int second) {
        return status(wanted, before, outcome, seen, second, List.of());
    }

    private static ClusterStatus status(
            Wanted wanted,
            Optional<ClusterStatus> before,
            Outcome outcome,
            Optional<DashboardView> seen,
            int second,
            List<Trouble> troubles) {
        var live = new Live(wanted.names(), List.of());
        var report = new StatusReport(wanted, live, seen, RollReport.of(wanted, live, seen, AT));
        ClusterStatus status = Figures.measured(seen, AT.plusSeconds(second))
                .status(before, figures -> report.status(outcome, troubles, before, figures));
        return Serialization.unmarshal(Serialization.asJson(status), ClusterStatus.class);
    }

    private static Wanted wanted(String more) {
        return wanted(more, "{}");
    }

    private static Wanted wanted(String more, String redisConf) {
        CodisCluster resource = Serialization.unmarshal("""
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata: {name: c, namespace: shop, uid: u, generation: 1}
                spec:
                  redisSpec: {replicas: 2, codisServerNumsPerGroup: 2, redisConf: %s}
                  %s
                """.formatted(redisConf, more), CodisCluster.class);
        return ((Wanted.Reading.Right) Wanted.read(resource, "codis:test")).wanted();
    }

    /** @param target of the second slot, 0 if it stays */
    private static DashboardView view(long keys, long offset, int target) {
        return view(target, new Moves("[OK]", 1300, Optional.of(Duration.ofMinutes(2)), ""), keys, offset);
    }

    private static DashboardView view(int target, Moves moves, long keys, long offset) {
        String master = address(0);
        var servers = List.of(
                new Server(master, true, "run", "", false, keys, 1_500_000, offset, "", Optional.empty(), false),
                new Server(
                        address(1), true, "run", master, true, keys, 1_500_000, offset, "", Optional.empty(), false));
        return new DashboardView(
                List.of(new DashboardView.Group(1, servers, false)),
                List.of(),
                new int[] {1, 1},
                new int[] {0, target},
                moves,
                List.of());
    }

    private static String address(int number) {
        return SERVERS + "-" + number + ".c-codis-server-service.shop.svc:6379";
    }
}
