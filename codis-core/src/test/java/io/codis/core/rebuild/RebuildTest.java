package io.codis.core.rebuild;

import static io.codis.core.topology.Clusters.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.rebuild.Rebuild.Outcome;
import io.codis.core.topology.Admission;
import io.codis.core.topology.Clusters;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.Slot;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.SlotStep;
import io.codis.core.topology.SlotStep.Step;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.core.wire.ServerState.Role;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Safety rule 18: what the identities prove, and what they do not. */
class RebuildTest {

    private static final Topology TOLD = Clusters.assigned(2, 2);
    private static final Topology BLANK = Topology.empty("demo", "fresh");

    private final TreeMap<String, Survivor> heard = new TreeMap<>();

    @Test
    void theWholeMapIsProvenWhenEveryMemberIsHeard() {
        allTold(TOLD);

        Topology rebuilt = proven();

        assertThat(rebuilt.clusterId()).isEqualTo(TOLD.clusterId());
        assertThat(rebuilt.slots()).isEqualTo(TOLD.slots());
        for (Group group : TOLD.groups().values()) {
            Group again = rebuilt.group(group.id());
            assertThat(again.members()).isEqualTo(group.members());
            assertThat(again.epoch()).isEqualTo(group.epoch());
            assertThat(again.initialized()).isTrue();
        }
    }

    @Test
    void nothingThatWasEverUsedIsUsedAgain() {
        allTold(TOLD);
        promised(server(1, 2), 77);

        Topology rebuilt = proven();

        assertThat(rebuilt.version()).isGreaterThan(TOLD.version() + 1000);
        assertThat(rebuilt.epoch()).isGreaterThan(77);
        assertThat(rebuilt.groups().values()).allMatch(g -> g.moveGeneration() > TOLD.version() + 1000);
    }

    /** What one server alone knows newer is newer. */
    @Test
    void theNewestMapOfAnyServerCounts() {
        Topology newer = move(TOLD, 0, 2);
        allTold(TOLD);
        told(server(2, 1), newer, Role.MASTER, 3);

        assertThat(proven().slot(0).action()).isEqualTo(newer.slot(0).action());
    }

    @Test
    void aServerThatWasNotHeardMayKnowMore() {
        allTold(TOLD);
        heard.remove(server(2, 2));

        assertThat(new Rebuild("demo", heard).outcome())
                .isEqualTo(new Outcome.Unheard(new java.util.TreeSet<>(List.of(server(2, 2)))));
    }

    /** Safety rule 5: as soon as keys may be on both sides it is the move that comes back. */
    @Test
    void aMoveThatMayHaveBegunIsRestoredAsAMove() {
        Topology topology = move(TOLD, 0, 2);
        for (Step step : List.of(Step.PREPARE, Step.PREPARED, Step.MIGRATE)) {
            topology = topology.apply(new SlotStep(step, List.of(0)));
            allTold(topology);

            Slot slot = proven().slot(0);

            assertThat(slot.group()).isEqualTo(1);
            assertThat(slot.action()).isEqualTo(new SlotAction.Swapping(1, 2));
        }
    }

    /** The orders on the volumes decide, since they are on disk before a role is taken. */
    @Test
    void theMasterIsWhoWasOrderedToBeLast() {
        allTold(TOLD);
        told(server(1, 2), TOLD, Role.MASTER, 9);

        Group group = proven().group(1);

        assertThat(group.members()).extracting(Member::address).containsExactly(server(1, 2), server(1, 1));
        assertThat(group.epoch()).isEqualTo(9);
        assertThat(group.candidates()).isEmpty();
    }

    @Test
    void aVolumeOfAnotherClusterIsAContradiction() {
        allTold(TOLD);
        heard.put("9.9:1", new Survivor("other", 1, "9.9:1", 1, 1, 1, Role.MASTER, null));

        assertContradiction("[c0ffee, other]");
    }

    @Test
    void aServerOfTheClusterThatTheMapDoesNotNameIsAContradiction() {
        allTold(TOLD);
        heard.put("9.9:1", new Survivor("c0ffee", 1, "9.9:1", 1, 1, 1, Role.REPLICA, null));

        assertContradiction("9.9:1 belongs to group-[1]");
    }

    @Test
    void whatALostCandidateAloneWasToldIsLost() {
        allTold(TOLD);
        heard.put(server(1, 2), new Survivor("", 0, server(1, 2), 0, 0, 0, Role.FENCED, null));

        assertContradiction("has lost its volume");
    }

    @Test
    void volumesOlderThanTheMapAreAContradiction() {
        allTold(TOLD);
        told(server(1, 1), TOLD, Role.MASTER, 1);

        assertContradiction("group-[1]");
    }

    @Test
    void slotsWithoutAnOwnerAreNotProven() {
        allTold(Clusters.of(2, 2));

        assertContradiction("1024 slots belong to no group");
    }

    @Test
    void anotherProductIsNotRebuilt() {
        allTold(TOLD);

        assertThat(new Rebuild("other", heard).outcome()).isInstanceOf(Outcome.Contradictory.class);
    }

    @Test
    void proxiesJoinAnewAndNoNumberIsGivenTwice() {
        Topology told = TOLD.apply(new ProxyCommand.CreateProxy(Clusters.proxy("old")))
                .apply(new ProxyCommand.AdmitProxy("old"));
        allTold(told);
        Topology present = BLANK.apply(new ProxyCommand.CreateProxy(Clusters.proxy("new")))
                .apply(new ProxyCommand.CreateProxy(Clusters.proxy("old")));

        var rebuild = new Rebuild("demo", heard);
        Topology rebuilt = rebuild.topology(rebuild.newest().orElseThrow(), present);

        assertThat(rebuilt.proxy("old").id()).isEqualTo(told.proxy("old").id());
        assertThat(rebuilt.proxy("new").id()).isGreaterThan(told.proxy("old").id());
        assertThat(rebuilt.proxies().values()).allMatch(p -> p.admission() instanceof Admission.Joining);
    }

    /** As after an import of what Codis 3.2 reads: another cluster id, and servers that know better. */
    @Test
    void aTopologyThatNoServerBelongsToHasStrangersOnly() {
        allTold(TOLD);
        var rebuild = new Rebuild("demo", heard);

        assertThat(rebuild.strangersOnly(TOLD)).isFalse();
        Topology other = new Topology(
                "demo", "imported", 1, 0, 0, TOLD.groups(), TOLD.slots(), TOLD.proxies(), TOLD.sentinels());
        assertThat(rebuild.strangersOnly(other)).isTrue();
        heard.remove(server(1, 1));
        assertThat(new Rebuild("demo", heard).strangersOnly(other)).isFalse();
    }

    private void allTold(Topology topology) {
        for (Group group : topology.groups().values()) {
            for (Member member : group.members()) {
                boolean master = group.indexOf(member.address()) == 0;
                told(member.address(), topology, master ? Role.MASTER : Role.REPLICA, group.epoch());
            }
        }
    }

    private void told(String server, Topology topology, Role role, long epoch) {
        int group = TOLD.groupOf(server).orElseThrow().id();
        heard.put(
                server,
                new Survivor(
                        topology.clusterId(), group, server, 1, epoch, epoch, role, TopologyDocument.of(topology)));
    }

    private void promised(String server, long epoch) {
        Survivor s = heard.get(server);
        heard.put(
                server,
                new Survivor(
                        s.clusterId(), s.group(), s.member(), s.leaderEpoch(), epoch, s.epoch(), s.role(), s.map()));
    }

    private Topology proven() {
        var rebuild = new Rebuild("demo", heard);
        assertThat(rebuild.outcome()).isInstanceOf(Outcome.Proven.class);
        Topology rebuilt = rebuild.topology(rebuild.newest().orElseThrow(), BLANK);
        assertThat(rebuilt.groups().values()).allMatch(g -> g.promotion() instanceof Promotion.None);
        return rebuilt;
    }

    private void assertContradiction(String words) {
        assertThat(new Rebuild("demo", heard).outcome())
                .isInstanceOfSatisfying(
                        Outcome.Contradictory.class,
                        found -> assertThat(found.why()).contains(words));
    }

    private static Topology move(Topology topology, int slot, int target) {
        return topology.apply(new SlotCommand.CreateMove(slot, target));
    }
}
