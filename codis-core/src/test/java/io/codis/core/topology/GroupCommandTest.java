package io.codis.core.topology;

import static io.codis.core.topology.Clusters.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.Reason;
import io.codis.core.topology.GroupCommand.AddServer;
import io.codis.core.topology.GroupCommand.CreateGroup;
import io.codis.core.topology.GroupCommand.NewMoveGeneration;
import io.codis.core.topology.GroupCommand.RemoveGroup;
import io.codis.core.topology.GroupCommand.RemoveServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupCommandTest {

    @Test
    void everyChangeRaisesTheVersionByOne() {
        var before = Clusters.empty();

        var after = before.apply(new CreateGroup(1));

        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(after.group(1).members()).isEmpty();
        assertThat(before.groups()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 10000})
    void aGroupIdIsOneTo9999(int id) {
        Refused.with(
                Clusters.empty(),
                new CreateGroup(id),
                Reason.INVALID_ARGUMENT,
                "invalid group id = " + id + ", out of range");
    }

    @Test
    void aGroupIsCreatedOnce() {
        var one = Clusters.empty().apply(new CreateGroup(1));

        Refused.with(one, new CreateGroup(1), Reason.ALREADY_EXISTS, "group-[1] already exists");
    }

    @Test
    void aGroupWithServersOrSlotsStays() {
        Refused.with(Clusters.of(1, 1), new RemoveGroup(1), Reason.BUSY, "group-[1] isn't empty");
        Refused.with(Clusters.of(1, 1), new RemoveGroup(2), Reason.NOT_FOUND, "group-[2] doesn't exist");
    }

    @Test
    void anEmptiedGroupGoes() {
        var emptied = Clusters.of(1, 1).apply(new RemoveServer(1, server(1, 1)));

        assertThat(emptied.apply(new RemoveGroup(1)).groups()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":6379", "host:0", "host:65536", "host:x", "ho st:1", "host:+1"})
    void aServerAddressHasHostAndPort(String address) {
        Refused.with(
                Clusters.of(1, 1), new AddServer(1, address, ""), Reason.INVALID_ARGUMENT, "invalid server address");
    }

    @Test
    void aServerIsInOneGroupOnly() {
        Refused.with(
                Clusters.of(2, 1),
                new AddServer(2, server(1, 1), ""),
                Reason.ALREADY_EXISTS,
                "server-[1.1:6379] already exists");
    }

    @Test
    void theListOfServersStandsStillWhileTheMasterChanges() {
        var promoting = Clusters.of(1, 2)
                .apply(new PromotionCommand.StartPromotion(1, server(1, 2), Promotion.Kind.SWITCHOVER));

        Refused.with(promoting, new AddServer(1, "x:1", ""), Reason.BUSY, "group-[1] is promoting");
        Refused.with(promoting, new RemoveServer(1, server(1, 2)), Reason.BUSY, "group-[1] is promoting");
    }

    @Test
    void theMasterLeavesOnlyAsTheLastServerOfAGroupWithoutSlots() {
        var text = "group-[1] can't remove master, still in use";
        Refused.with(Clusters.of(1, 2), new RemoveServer(1, server(1, 1)), Reason.BUSY, text);
        Refused.with(Clusters.assigned(1, 1), new RemoveServer(1, server(1, 1)), Reason.BUSY, text);
        Refused.with(
                Clusters.of(1, 1), new RemoveServer(1, "x:1"), Reason.NOT_FOUND, "group-[1] doesn't have server-[x:1]");

        assertThat(Clusters.of(1, 1)
                        .apply(new RemoveServer(1, server(1, 1)))
                        .group(1)
                        .members())
                .isEmpty();
    }

    @Test
    void aReadReplicaThatLeavesMakesTheGroupOutOfSync() {
        var reading = Clusters.of(1, 2).apply(new MemberCommand.SetReplicaGroup(1, server(1, 2), true));

        var left = reading.apply(new RemoveServer(1, server(1, 2)));

        assertThat(reading.group(1).outOfSync()).isFalse();
        assertThat(left.group(1).outOfSync()).isTrue();
    }

    @Test
    void sentinelsAreOutOfSyncAfterTheListOfServersChanged() {
        var watched = Clusters.of(1, 1)
                .apply(new LeadCommand.AddSentinel("s:26379"))
                .apply(new LeadCommand.MarkSentinels(false));

        var after = watched.apply(new AddServer(1, "x:1", ""));

        assertThat(after.sentinels()).isEqualTo(new Sentinels(List.of("s:26379"), true));
    }

    @Test
    void aMoveLoginIsNeverUsedTwiceNotEvenByAGroupThatIsCreatedAgain() {
        var first = Clusters.empty().apply(new CreateGroup(1));
        var renewed = first.apply(new NewMoveGeneration(1));
        var again = renewed.apply(new RemoveGroup(1)).apply(new CreateGroup(1));

        assertThat(List.of(
                        Routes.moveUser(first.group(1)),
                        Routes.moveUser(renewed.group(1)),
                        Routes.moveUser(again.group(1))))
                .doesNotHaveDuplicates();
    }

    @Test
    void sentinelsAreAddedAndRemovedByTheirAddress() {
        var one = Clusters.empty().apply(new LeadCommand.AddSentinel("s:1"));

        Refused.with(one, new LeadCommand.AddSentinel("s:1"), Reason.ALREADY_EXISTS, "sentinel-[s:1] already exists");
        Refused.with(one, new LeadCommand.AddSentinel("s"), Reason.INVALID_ARGUMENT, "invalid sentinel address");
        Refused.with(one, new LeadCommand.RemoveSentinel("t:1"), Reason.NOT_FOUND, "sentinel-[t:1] not found");
        assertThat(one.apply(new LeadCommand.RemoveSentinel("s:1")).sentinels().servers())
                .isEmpty();
    }
}
