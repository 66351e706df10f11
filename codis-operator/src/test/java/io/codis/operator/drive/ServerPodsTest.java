package io.codis.operator.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed.Freshness;
import io.codis.infra.dashboard.DashboardView;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerPodsTest {

    private static final MemberId FIRST = new MemberId(1, 1);
    private static final MemberId SECOND = new MemberId(1, 2);
    /** Behind the settings. */
    private static final String VOLUMES = "}, storageResources: {requests: {storage: 1Gi}";

    @Test
    void aPodThatWasMadeFromWhatIsWantedIsCurrentAndOneOfFormerSettingsIsBehind() {
        Pod now = ready(pod(SECOND, ""));

        assertThat(pods("", now).run(SECOND).freshness()).isEqualTo(Freshness.CURRENT);
        assertThat(pods("appendfsync: 'no'", now).run(SECOND).freshness()).isEqualTo(Freshness.BEHIND);
        assertThat(pods("appendfsync: 'no'", now).run(SECOND).ready()).isTrue();
    }

    @Test
    void aPodWhoseServerNeverStartedHoldsNothing() {
        assertThat(pods("appendfsync: 'no'", pod(SECOND, "")).run(SECOND).freshness())
                .isEqualTo(Freshness.BEHIND_AND_IDLE);
    }

    @Test
    void aServerWithoutVolumeThatRanIsNeverIdle() {
        assertThat(pods("appendfsync: 'no'", crashed(pod(SECOND, "")))
                        .run(SECOND)
                        .freshness())
                .isEqualTo(Freshness.BEHIND);
    }

    /** A wrong image may have taken the replica and the dashboard, and with them the role of the master that is left. */
    @Test
    void aServerThatRunsIsKeptWhileItIsNotKnownWhetherOneComesUpWithWhatIsWantedNow() {
        String changed = "appendfsync: 'no'" + VOLUMES;
        Pod tried = pod(FIRST, changed);
        Pod left = running(pod(SECOND, VOLUMES));
        Optional<DashboardView> unserved = Optional.of(view(1, 0, 0, false));

        assertThat(pods(changed, Optional.empty(), left).run(SECOND).freshness())
                .as("a silent dashboard is no proof")
                .isEqualTo(Freshness.BEHIND);
        assertThat(pods(changed, unserved, tried, left).run(SECOND).freshness()).isEqualTo(Freshness.BEHIND);
        assertThat(pods(changed, unserved, ready(tried), left).run(SECOND).freshness())
                .isEqualTo(Freshness.BEHIND_AND_IDLE);
        assertThat(pods(changed, unserved, tried, crashed(pod(SECOND, VOLUMES)))
                        .run(SECOND)
                        .freshness())
                .as("it does not run either")
                .isEqualTo(Freshness.BEHIND_AND_IDLE);
    }

    /** Its room may be what the rest of the cluster waits for. */
    @Test
    void aServerOfAGroupThatHoldsNothingYetIsReplacedAtOnce() {
        Pod now = ready(pod(SECOND, ""));
        String changed = "appendfsync: 'no'";

        assertThat(pods(changed, Optional.of(view(0, 0, 0)), now).run(SECOND).freshness())
                .isEqualTo(Freshness.BEHIND_AND_IDLE);
        assertThat(pods("", Optional.of(view(0, 0, 0)), now).run(SECOND).freshness())
                .isEqualTo(Freshness.CURRENT);
        assertThat(pods(changed, Optional.of(view(1, 0, 0)), now).run(SECOND).freshness())
                .as("it owns a slot")
                .isEqualTo(Freshness.BEHIND);
        assertThat(pods(changed, Optional.of(view(2, 1, 0)), now).run(SECOND).freshness())
                .as("a slot moves to it")
                .isEqualTo(Freshness.BEHIND);
        assertThat(pods(changed, Optional.of(view(0, 0, 3)), now).run(SECOND).freshness())
                .as("it has keys all the same")
                .isEqualTo(Freshness.BEHIND);
    }

    /** @param owner of the only slot */
    private static DashboardView view(int owner, int target, long keys) {
        return view(owner, target, keys, true);
    }

    private static DashboardView view(int owner, int target, long keys, boolean serves) {
        var master = new DashboardView.Server("s", serves, "run", "", false, keys, 0, 0, "", Optional.empty(), false);
        return new DashboardView(
                List.of(new DashboardView.Group(1, List.of(master), false)),
                List.of(),
                new int[] {owner},
                new int[] {target},
                DashboardView.Moves.NONE,
                List.of());
    }

    @Test
    void aServerThatServesIsNotEndedWhileAnotherOfItsGroupIsAway() {
        Pod first = ready(pod(FIRST, ""));
        Pod second = ready(pod(SECOND, ""));
        ServerPods pods = pods("appendfsync: 'no'", first, second);

        assertThat(pods.missing(SECOND, List.of(first, second))).isEmpty();
        assertThat(pods.missing(SECOND, List.of(second))).contains(FIRST);
        assertThat(pods.missing(SECOND, List.of(pod(FIRST, ""), second))).contains(FIRST);
        assertThat(pods.missing(SECOND, List.of(first, pod(SECOND, "")))).isEmpty();
        assertThat(pods.missing(SECOND, List.of(pod(FIRST, ""), pod(SECOND, ""))))
                .isEmpty();
    }

    /** Its pod is soon ready again; another one would be so later. */
    @Test
    void aServerThatWaitsForTheDashboardIsNotReplacedWhileThatIsSilent() {
        Pod waiting = running(pod(SECOND, ""));
        String changed = "appendfsync: 'no'}, storageResources: {requests: {storage: 1Gi}";

        assertThat(pods(changed, waiting).run(SECOND).freshness()).isEqualTo(Freshness.BEHIND);
        assertThat(pods(changed, Optional.of(leaderless()), waiting).run(SECOND).freshness())
                .as("known not to serve")
                .isEqualTo(Freshness.BEHIND_AND_IDLE);
        assertThat(pods(changed, crashed(pod(SECOND, ""))).run(SECOND).freshness())
                .as("not in use")
                .isEqualTo(Freshness.BEHIND_AND_IDLE);
    }

    /** It owns a slot, and has no master. */
    private static DashboardView leaderless() {
        DashboardView view = view(1, 0, 0);
        return new DashboardView(
                List.of(new DashboardView.Group(1, List.of(), false)),
                List.of(),
                view.owners(),
                view.targets(),
                DashboardView.Moves.NONE,
                List.of());
    }

    private static Pod running(Pod pod) {
        return new PodBuilder(pod)
                .editStatus()
                .addNewContainerStatus()
                .withName("codis-server")
                .withNewState()
                .withNewRunning("2026-01-01T00:00:00Z")
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static ServerPods pods(String redisConf, Pod... pods) {
        return pods(redisConf, Optional.empty(), pods);
    }

    private static ServerPods pods(String redisConf, Optional<DashboardView> view, Pod... pods) {
        Wanted wanted = wanted(redisConf);
        HasMetadata set = new DesiredCluster(wanted).servers(1, 2);
        var objects = new java.util.ArrayList<HasMetadata>(List.of(pods));
        objects.add(set);
        return new ServerPods(wanted, new Live(wanted.names(), objects), view);
    }

    private static Wanted wanted(String redisConf) {
        CodisCluster resource = Serialization.unmarshal("""
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata: {name: c, namespace: shop, uid: u}
                spec:
                  redisSpec: {replicas: 2, codisServerNumsPerGroup: 2, redisConf: {%s}}
                """.formatted(redisConf), CodisCluster.class);
        return ((Wanted.Reading.Right) Wanted.read(resource, "codis:test")).wanted();
    }

    /** As its StatefulSet makes it. */
    private static Pod pod(MemberId member, String redisConf) {
        Wanted wanted = wanted(redisConf);
        var template =
                new DesiredCluster(wanted).servers(member.group(), 2).getSpec().getTemplate();
        return new PodBuilder()
                .withMetadata(template.getMetadata())
                .editMetadata()
                .withName(wanted.names().pod(member))
                .endMetadata()
                .withSpec(template.getSpec())
                .withNewStatus()
                .endStatus()
                .build();
    }

    private static Pod ready(Pod pod) {
        return new PodBuilder(pod)
                .editStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod crashed(Pod pod) {
        return new PodBuilder(pod)
                .editStatus()
                .addNewContainerStatus()
                .withName("codis-server")
                .withRestartCount(3)
                .withNewState()
                .withNewWaiting(null, "CrashLoopBackOff")
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
