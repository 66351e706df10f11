package io.codis.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.slot.SlotHash;
import io.codis.core.spec.CodisClusterReader;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecReading;
import io.codis.core.spec.SpecTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClusterPlannerTest {

    private static final int RUNS = Integer.getInteger("runs", 400);

    @Test
    void aNewClusterIsFormedBeforeItsSlotsAreGivenOut() {
        List<String> plan = texts(ClusterPlanner.plan(spec(2, 2, 1), Observed.nothing(SlotHash.SLOTS)));

        assertThat(plan)
                .containsExactly(
                        "start dashboard",
                        "start server-1-1",
                        "start server-1-2",
                        "start server-2-1",
                        "start server-2-2",
                        "start proxy-1",
                        "start fe",
                        "wait until the dashboard leads",
                        "start ha",
                        "create group 1",
                        "create group 2",
                        "add server-1-1 to group 1",
                        "add server-2-1 to group 2",
                        "add server-1-2 to group 1",
                        "add server-2-2 to group 2",
                        "wait until all of group 1 are in sync",
                        "wait until all of group 2 are in sync",
                        "wait until proxy-1 serves",
                        "spread the slots evenly over all groups",
                        "wait until no slot moves");
    }

    @Test
    void aClusterAsWantedNeedsNothing() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(3, 2, 2), cluster, step -> {});

        assertThat(texts(ClusterPlanner.plan(spec(3, 2, 2), cluster.observe()))).isEmpty();
    }

    @Test
    void aGroupIsDrainedAndProvenEmptyBeforeItGoes() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(3, 2, 1), cluster, step -> {});

        assertThat(texts(ClusterPlanner.plan(spec(2, 2, 1), cluster.observe())))
                .containsExactly(
                        "move all 341 slots away from group 3",
                        "wait until no slot moves",
                        "check that group 3 owns no slot and holds no key",
                        "take server-3-2 out of group 3",
                        "take server-3-1 out of group 3",
                        "remove group 3",
                        "stop server-3-1 and remove its data",
                        "stop server-3-2 and remove its data");
    }

    @Test
    void groupsThatGoAreDrainedTogether() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(4, 2, 1), cluster, step -> {});

        assertThat(texts(ClusterPlanner.plan(spec(2, 2, 1), cluster.observe())))
                .startsWith(
                        "move all 512 slots away from groups 3, 4",
                        "wait until no slot moves",
                        "check that group 3 owns no slot and holds no key");
    }

    @Test
    void aMasterThatHasToGoIsRelievedFirst() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(1, 3, 1), cluster, step -> {});
        cluster.apply(new Step.SwitchOver(new MemberId(1, 3)));

        assertThat(texts(ClusterPlanner.plan(spec(1, 2, 1), cluster.observe())))
                .containsExactly(
                        "make server-1-1 the master of group 1",
                        "take server-1-3 out of group 1",
                        "stop server-1-3 and remove its data");
    }

    @Test
    void aChangeOfServersGoesThroughOneGroupAfterTheOtherTheFormerMasterLast() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(2, 3, 1), cluster, step -> {});
        cluster.apply(new Step.SwitchOver(new MemberId(1, 2)));
        cluster.change();

        assertThat(texts(ClusterPlanner.plan(spec(2, 3, 1), cluster.observe())))
                .containsExactly(
                        "restart server-1-1",
                        "wait until all of group 1 are in sync",
                        "restart server-1-3",
                        "wait until all of group 1 are in sync",
                        "make server-1-1 the master of group 1",
                        "restart server-1-2",
                        "wait until all of group 1 are in sync",
                        "restart server-2-2",
                        "wait until all of group 2 are in sync",
                        "restart server-2-3",
                        "wait until all of group 2 are in sync",
                        "make server-2-2 the master of group 2",
                        "restart server-2-1",
                        "wait until all of group 2 are in sync");
    }

    @Test
    void aFencedServerIsRolledLikeAReplicaAndNeverMadeMaster() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(2, 3, 1), cluster, step -> {});
        cluster.fence(new MemberId(1, 2));
        cluster.fence(new MemberId(2, 2));
        cluster.fence(new MemberId(2, 3));
        cluster.change();

        assertThat(texts(ClusterPlanner.plan(spec(2, 3, 1), cluster.observe())))
                .containsExactly(
                        "restart server-1-2",
                        "wait until all of group 1 are in sync",
                        "restart server-1-3",
                        "wait until all of group 1 are in sync",
                        "make server-1-3 the master of group 1",
                        "restart server-1-1",
                        "wait until all of group 1 are in sync",
                        "restart server-2-2",
                        "wait until all of group 2 are in sync",
                        "restart server-2-3",
                        "wait until all of group 2 are in sync");
    }

    @Test
    void aFencedServerIsNotWaitedForAndGoesWithTheOthers() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(1, 3, 1), cluster, step -> {});
        cluster.fence(new MemberId(1, 3));

        assertThat(ClusterPlanner.plan(spec(1, 3, 1), cluster.observe()).isEmpty())
                .isTrue();
        assertThat(texts(ClusterPlanner.plan(spec(1, 2, 1), cluster.observe())))
                .containsExactly("take server-1-3 out of group 1", "stop server-1-3 and remove its data");
    }

    @Test
    void aGroupOfOneGetsASecondServerWhileItsOwnIsStartedAnew() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(1, 1, 1), cluster, step -> {});
        cluster.change();

        var done = new ArrayList<String>();
        Convergence.run(spec(1, 1, 1), cluster, step -> done.add(step.text()));

        assertThat(done)
                .containsExactly(
                        "start server-1-2",
                        "add server-1-2 to group 1",
                        "wait until all of group 1 are in sync",
                        "make server-1-2 the master of group 1",
                        "restart server-1-1",
                        "wait until all of group 1 are in sync",
                        "make server-1-1 the master of group 1",
                        "take server-1-2 out of group 1",
                        "stop server-1-2 and remove its data");
    }

    /** Else a second server would take the room that it is to make. */
    @Test
    void aGroupOfOneThatHoldsNothingIsStartedAnewAtOnceAndAlone() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(1, 1, 1), cluster, step -> {});
        Observed before = cluster.observe();
        var only = new MemberId(1, 1);
        var idle = new Observed.Member(only, true, Observed.Standing.MASTER, Observed.Freshness.BEHIND_AND_IDLE);
        var groups = new TreeMap<>(Map.of(1, new Observed.Group(1, true, List.of(idle), 0, 0, 0, 0)));
        var observed = new Observed(before.manager(), before.parts(), groups, before.proxies(), SlotHash.SLOTS);

        assertThat(ClusterPlanner.plan(spec(1, 1, 1), observed).steps())
                .startsWith(new Step.RestartServer(only))
                .doesNotContain(new Step.StartServer(new MemberId(1, 2)));
    }

    @Test
    void aChangeThatAServerDoesNotSurviveStopsThereAndCanBeTakenBack() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(2, 2, 1), cluster, step -> {});
        cluster.change();
        cluster.apply(new Step.RestartServer(new MemberId(1, 2)));

        assertThat(texts(ClusterPlanner.plan(spec(2, 2, 1), cluster.observe())))
                .containsExactly("wait until all of group 1 are in sync");

        cluster.change();
        assertThat(texts(ClusterPlanner.plan(spec(2, 2, 1), cluster.observe())))
                .startsWith("restart server-1-2", "wait until all of group 1 are in sync");
    }

    @Test
    void aServerThatHasToGoAndCannotGetInSyncIsNotWaitedFor() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(1, 3, 1), cluster, step -> {});
        cluster.breakDown(new MemberId(1, 3));

        assertThat(texts(ClusterPlanner.plan(spec(1, 2, 1), cluster.observe())))
                .startsWith("take server-1-3 out of group 1", "stop server-1-3 and remove its data");
    }

    @Test
    void aServerThatDoesNotServeIsStartedAnewWhateverTheDashboardSays() {
        var member = new Observed.Member(
                new MemberId(1, 1), true, Observed.Standing.UNKNOWN, Observed.Freshness.BEHIND_AND_IDLE);
        var observed = new Observed(
                Observed.Manager.SILENT,
                java.util.EnumSet.allOf(Part.class),
                new TreeMap<>(Map.of(1, new Observed.Group(1, false, List.of(member), 0, 0, 0, -1))),
                new TreeMap<>(Map.of(1, new Observed.Proxy(1, true, false))),
                SlotHash.SLOTS);

        assertThat(texts(ClusterPlanner.plan(spec(1, 1, 1), observed)))
                .containsExactly("restart server-1-1", "wait until the dashboard leads");
    }

    @Test
    void behindASilentDashboardOnlyProcessesAreStarted() {
        var cluster = new SimulatedCluster();
        Convergence.run(spec(2, 1, 1), cluster, step -> {});
        cluster.silence();

        assertThat(texts(ClusterPlanner.plan(spec(1, 1, 1), cluster.observe())))
                .containsExactly("start dashboard", "wait until the dashboard leads");
    }

    @Test
    void slotsThatAPersonPlacedUnevenlyStayWhereTheyAre() {
        var group1 = new Observed.Group(
                1,
                true,
                List.of(new Observed.Member(new MemberId(1, 1), true, Observed.Standing.MASTER)),
                1000,
                0,
                0,
                5);
        var group2 = new Observed.Group(
                2, true, List.of(new Observed.Member(new MemberId(2, 1), true, Observed.Standing.MASTER)), 24, 0, 0, 5);
        var observed = new Observed(
                Observed.Manager.ANSWERING,
                java.util.EnumSet.allOf(Part.class),
                new TreeMap<>(Map.of(1, group1, 2, group2)),
                new TreeMap<>(Map.of(1, new Observed.Proxy(1, true, true))),
                0);

        assertThat(texts(ClusterPlanner.plan(spec(2, 1, 1), observed))).isEmpty();
    }

    @Test
    void aStepWithoutEffectEndsInAnErrorAndNotInALoop() {
        ClusterDriver lazy = new ClusterDriver() {
            @Override
            public Observed observe() {
                return Observed.nothing(SlotHash.SLOTS);
            }

            @Override
            public void apply(Step step) {}
        };

        assertThatThrownBy(() -> Convergence.run(spec(1, 1, 1), lazy, step -> {}))
                .isInstanceOf(CodisException.class)
                .hasMessage("step had no effect: start dashboard");
    }

    /** The simulated cluster throws when a plan removes data, a master or a group that is in use. */
    @Test
    void anyWalkBetweenShapesWithCrashesArrivesSafely() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("ClusterPlannerTest -Dseed=" + seed);
        for (int run = 0; run < RUNS; run++) {
            var random = new Random(seed + run);
            try {
                walk(random);
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError("repeat with -Druns=1 -Dseed=" + (seed + run), failed);
            }
        }
    }

    private static void walk(Random random) {
        var cluster = new SimulatedCluster();
        CodisClusterSpec spec = randomSpec(random);
        for (int leg = 0; leg < 5; leg++) {
            // Follow a plan part of the way, as a driver does that is killed at any step.
            List<Step> steps = ClusterPlanner.plan(spec, cluster.observe()).steps();
            int done = random.nextInt(steps.size() + 1);
            steps.subList(0, done).forEach(cluster::apply);
            mishap(random, cluster);
            spec = randomSpec(random);
        }
        Convergence.run(spec, cluster, step -> {});
        arrived(spec, cluster);
    }

    private static void mishap(Random random, SimulatedCluster cluster) {
        switch (random.nextInt(6)) {
            case 0 -> cluster.silence();
            case 3, 4 -> cluster.change();
            case 1 ->
                new ArrayList<>(cluster.processes())
                        .stream().filter(member -> random.nextInt(4) == 0).forEach(cluster::kill);
            case 2 ->
                cluster.observe().groups().values().stream()
                        .filter(Observed.Group::created)
                        .forEach(group -> cluster.failOver(group.id()));
            default -> {
                // Nothing happens.
            }
        }
    }

    private static void arrived(CodisClusterSpec spec, SimulatedCluster cluster) {
        Observed observed = cluster.observe();
        int groups = spec.redis().groups();
        assertThat(observed.groups().keySet())
                .containsExactlyElementsOf(java.util.stream.IntStream.rangeClosed(1, groups)
                        .boxed()
                        .toList());
        observed.groups().values().forEach(group -> {
            assertThat(group.members()).hasSize(spec.redis().perGroup());
            assertThat(group.members()).allMatch(Observed.Member::running);
            assertThat(group.settled()).as("slots of group " + group.id()).isPositive();
        });
        assertThat(cluster.outdated()).isEmpty();
        assertThat(Arrays.stream(cluster.sizes()).sum()).isEqualTo(SlotHash.SLOTS);
        assertThat(observed.proxies()).hasSize(spec.proxy().replicas());
    }

    private static CodisClusterSpec randomSpec(Random random) {
        return spec(1 + random.nextInt(5), 1 + random.nextInt(3), 1 + random.nextInt(3));
    }

    private static List<String> texts(Plan plan) {
        return plan.steps().stream().map(Step::text).toList();
    }

    private static CodisClusterSpec spec(int groups, int perGroup, int proxies) {
        SpecTree document = mapping(Map.of(
                "apiVersion",
                text(CodisClusterSpec.API_VERSION),
                "kind",
                text(CodisClusterSpec.KIND),
                "metadata",
                mapping(Map.of("name", text("test"))),
                "spec",
                mapping(Map.of())));
        return ((SpecReading.Valid) CodisClusterReader.read(document)).spec().scaled(groups, perGroup, proxies);
    }

    private static SpecTree mapping(Map<String, SpecTree> entries) {
        return new SpecTree.Mapping(1, entries, Map.of());
    }

    private static SpecTree text(String text) {
        return new SpecTree.Scalar(1, SpecTree.Type.TEXT, text);
    }
}
