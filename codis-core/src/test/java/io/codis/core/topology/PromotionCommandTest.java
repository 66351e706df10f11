package io.codis.core.topology;

import static io.codis.core.topology.Clusters.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.failover.Promotion;
import io.codis.core.failover.Promotion.Kind;
import io.codis.core.problem.Reason;
import io.codis.core.topology.PromotionCommand.PromotionCleared;
import io.codis.core.topology.PromotionCommand.PromotionFinished;
import io.codis.core.topology.PromotionCommand.PromotionPrepared;
import io.codis.core.topology.PromotionCommand.RestartPromotion;
import io.codis.core.topology.PromotionCommand.StartPromotion;
import io.codis.core.topology.SlotStep.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromotionCommandTest {

    private final Topology three = Clusters.assigned(2, 3);
    private final String master = server(1, 1);
    private final String chosen = server(1, 2);
    private final String other = server(1, 3);

    @Test
    void aPromotionLocksTheGroupUntilTheMemberHasItsRole() {
        var preparing = three.apply(new StartPromotion(1, chosen, Kind.SWITCHOVER));
        var prepared = preparing.apply(new PromotionPrepared(1, chosen, "run"));
        var finished = prepared.apply(new PromotionFinished(1));
        var cleared = finished.apply(new PromotionCleared(1));

        assertThat(List.of(locked(preparing), locked(prepared), locked(finished), locked(cleared)))
                .containsExactly(true, true, false, false);
        assertThat(masterOf(prepared)).isEqualTo(master);
        assertThat(masterOf(finished)).isEqualTo(chosen);
        assertThat(cleared.group(1).promotion()).isEqualTo(Promotion.NONE);
    }

    @Test
    void theNewMasterComesFirstAndTheOldOneLastAndIsNoCandidate() {
        var group = Clusters.promoted(three, 1, other, Kind.SWITCHOVER).group(1);

        assertThat(group.members()).extracting(Member::address).containsExactly(other, chosen, master);
        assertThat(group.candidates()).containsExactly(chosen);
    }

    @Test
    void everyStartTakesAnEpochOfItsOwn() {
        var started = three.apply(new StartPromotion(1, chosen, Kind.FAILOVER));
        var again = started.apply(new RestartPromotion(1, other, Kind.FAILOVER));
        var done = again.apply(new PromotionPrepared(1, other, "run")).apply(new PromotionFinished(1));

        assertThat(started.epoch()).isEqualTo(three.epoch() + 1);
        assertThat(again.epoch()).isEqualTo(three.epoch() + 2);
        assertThat(done.group(1).epoch()).isEqualTo(again.epoch());
    }

    @Test
    void aRollBackGivesTheOldMasterItsRoleUnderANewEpoch() {
        var prepared = three.apply(new StartPromotion(1, chosen, Kind.SWITCHOVER))
                .apply(new PromotionPrepared(1, chosen, "run"));

        var back = prepared.apply(new RestartPromotion(1, master, Kind.FAILOVER))
                .apply(new PromotionPrepared(1, master, "run"))
                .apply(new PromotionFinished(1));

        assertThat(masterOf(back)).isEqualTo(master);
        assertThat(back.group(1).epoch()).isEqualTo(three.epoch() + 2);
        assertThat(back.group(1).candidates()).containsExactly(chosen, other);
    }

    @Test
    void theMemberWithTheNewestDataMayReplaceTheOneFirstChosen() {
        var proven =
                three.apply(new StartPromotion(1, chosen, Kind.FAILOVER)).apply(new PromotionPrepared(1, other, "run"));

        assertThat(masterOf(proven.apply(new PromotionFinished(1)))).isEqualTo(other);
    }

    @Test
    void onlyACandidateIsPromotedWithoutAPersonsWord() {
        var dropped = three.apply(new MemberCommand.DropCandidate(1, other, false));

        Refused.with(
                dropped,
                new StartPromotion(1, other, Kind.SWITCHOVER),
                Reason.NOT_READY,
                "server-[1.3:6379] isn't in sync");
        Refused.with(
                dropped,
                new StartPromotion(1, other, Kind.FAILOVER),
                Reason.NEEDS_DECISION,
                "server-[1.3:6379] may lack acknowledged writes");
        assertThat(masterOf(Clusters.promoted(dropped, 1, other, Kind.FORCED))).isEqualTo(other);
    }

    @Test
    void anAwaitedReplicaIsNotPromoted() {
        var awaited = three.apply(new MemberCommand.DropCandidate(1, other, false))
                .apply(new MemberCommand.AwaitReplica(1, other));

        Refused.with(
                awaited,
                new StartPromotion(1, other, Kind.FAILOVER),
                Reason.NEEDS_DECISION,
                "server-[1.3:6379] may lack acknowledged writes");
    }

    @Test
    void aGroupIsBootstrappedOnce() {
        Refused.with(
                three,
                new StartPromotion(1, master, Kind.BOOTSTRAP),
                Reason.ALREADY_EXISTS,
                "group-[1] has had a master");
    }

    @Test
    void promotionIsRefusedInTheWordsOfCodis() {
        var promoting = three.apply(new StartPromotion(1, other, Kind.SWITCHOVER));

        Refused.with(
                three,
                new StartPromotion(1, master, Kind.SWITCHOVER),
                Reason.INVALID_ARGUMENT,
                "group-[1] can't promote master");
        Refused.with(
                promoting,
                new StartPromotion(1, chosen, Kind.SWITCHOVER),
                Reason.BUSY,
                "group-[1] is promoting index = 2");
        Refused.with(
                three,
                new StartPromotion(1, "x:1", Kind.SWITCHOVER),
                Reason.NOT_FOUND,
                "group-[1] doesn't have server-[x:1]");
        Refused.with(
                three, new StartPromotion(9, master, Kind.SWITCHOVER), Reason.NOT_FOUND, "group-[9] doesn't exist");
    }

    @Test
    void stepsAreTakenInTheirOrder() {
        var preparing = three.apply(new StartPromotion(1, other, Kind.SWITCHOVER));

        Refused.with(
                three,
                new PromotionPrepared(1, chosen, "run"),
                Reason.BUSY,
                "group-[1] isn't promoting in state preparing");
        Refused.with(preparing, new PromotionFinished(1), Reason.BUSY, "group-[1] isn't promoting in state prepared");
        Refused.with(preparing, new PromotionCleared(1), Reason.BUSY, "group-[1] isn't promoting in state finished");
        Refused.with(
                three,
                new RestartPromotion(1, chosen, Kind.FAILOVER),
                Reason.BUSY,
                "group-[1] isn't promoting in state preparing or prepared");
    }

    @Test
    void aNewMasterRenewsTheMoveLoginsOfAllSourcesConcerned() {
        var moving = three.apply(new SlotCommand.CreateMove(600, 1))
                .apply(new SlotStep(Step.PREPARE, List.of(600)))
                .apply(new SlotStep(Step.PREPARED, List.of(600)))
                .apply(new SlotStep(Step.MIGRATE, List.of(600)));

        var promoted = Clusters.promoted(moving, 1, chosen, Kind.SWITCHOVER);

        assertThat(promoted.group(2).moveGeneration())
                .isGreaterThan(moving.group(2).moveGeneration());
    }

    private static boolean locked(Topology topology) {
        return Routes.of(topology).slots().stream().anyMatch(s -> s.group() == 1 && s.locked());
    }

    private static String masterOf(Topology topology) {
        return Routes.of(topology).groups().getFirst().master();
    }
}
