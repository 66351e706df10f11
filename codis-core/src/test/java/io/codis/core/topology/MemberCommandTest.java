package io.codis.core.topology;

import static io.codis.core.topology.Clusters.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.Reason;
import io.codis.core.topology.MemberCommand.AdmitCandidate;
import io.codis.core.topology.MemberCommand.AwaitReplica;
import io.codis.core.topology.MemberCommand.CreateSyncAction;
import io.codis.core.topology.MemberCommand.DropCandidate;
import io.codis.core.topology.MemberCommand.FenceServer;
import io.codis.core.topology.MemberCommand.RemoveSyncAction;
import io.codis.core.topology.MemberCommand.SetReplicaGroup;
import io.codis.core.topology.MemberCommand.StepSyncAction;
import io.codis.core.topology.MemberCommand.UnfenceServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberCommandTest {

    private final Topology pair = Clusters.assigned(1, 2);
    private final String replica = server(1, 2);

    @Test
    void aReplicaIsAwaitedBeforeItMayBePromoted() {
        var fresh = Clusters.of(1, 1).apply(new GroupCommand.AddServer(1, replica, ""));

        var awaited = fresh.apply(new AwaitReplica(1, replica));

        assertThat(awaited.group(1).awaited()).containsExactly(replica);
        assertThat(awaited.group(1).candidates()).isEmpty();
        assertThat(awaited.apply(new AdmitCandidate(1, replica)).group(1).candidates())
                .containsExactly(replica);
        Refused.with(fresh, new AdmitCandidate(1, replica), Reason.NOT_READY, "server-[1.2:6379] isn't awaited");
    }

    @Test
    void theLastCandidateLeavesOnlyByAPerson() {
        Refused.with(
                pair,
                new DropCandidate(1, replica, false),
                Reason.NEEDS_DECISION,
                "server-[1.2:6379] is the last candidate of group-[1]");

        assertThat(pair.apply(new DropCandidate(1, replica, true)).group(1).candidates())
                .isEmpty();
    }

    @Test
    void aFencedReplicaIsWaitedForByNobodyAndBecomesACandidateAgainOnlyWhenItIsUnfenced() {
        var fenced = pair.apply(new CreateSyncAction(replica)).apply(new FenceServer(1, replica));

        assertThat(fenced.group(1).candidates()).isEmpty();
        assertThat(fenced.group(1).awaited()).isEmpty();
        assertThat(fenced.group(1).required(replica).sync()).isEqualTo(SyncAction.NONE);
        Refused.with(fenced, new AwaitReplica(1, replica), Reason.NOT_READY, "server-[1.2:6379] is fenced");
        Refused.with(
                fenced,
                new CreateSyncAction(replica),
                Reason.NOT_READY,
                "server-[1.2:6379] is fenced, and follows nobody until it is unfenced");
        for (var kind : List.of(Promotion.Kind.SWITCHOVER, Promotion.Kind.FAILOVER, Promotion.Kind.FORCED)) {
            Refused.with(
                    fenced,
                    new PromotionCommand.StartPromotion(1, replica, kind),
                    Reason.NOT_READY,
                    "server-[1.2:6379] is fenced, and becomes master only when it is unfenced");
        }
        var unfenced = fenced.apply(new UnfenceServer(1, replica));
        assertThat(unfenced.group(1).candidates()).isEmpty();
        assertThat(Clusters.candidate(unfenced, 1, replica).group(1)).isEqualTo(pair.group(1));
    }

    @Test
    void aFenceIsRefusedForAMasterInAPromotionAndTwice() {
        var fenced = pair.apply(new FenceServer(1, replica));
        var promoting = pair.apply(new PromotionCommand.StartPromotion(1, server(1, 1), Promotion.Kind.FAILOVER));
        var waiting = fenced.apply(new PromotionCommand.StartPromotion(1, server(1, 1), Promotion.Kind.FAILOVER));

        Refused.with(
                pair,
                new FenceServer(1, server(1, 1)),
                Reason.INVALID_ARGUMENT,
                "server-[1.1:6379] is the master of group-[1]");
        Refused.with(promoting, new FenceServer(1, replica), Reason.BUSY, "group-[1] is promoting");
        Refused.with(fenced, new FenceServer(1, replica), Reason.ALREADY_EXISTS, "server-[1.2:6379] is fenced already");
        Refused.with(pair, new UnfenceServer(1, replica), Reason.NOT_FOUND, "server-[1.2:6379] isn't fenced");
        assertThat(waiting.apply(new UnfenceServer(1, replica)).group(1).fenced())
                .isEmpty();
    }

    @Test
    void whatAWitnessMayKnowIsForgottenWithTheNextMaster() {
        var three = Clusters.assigned(1, 3).apply(new FenceServer(1, replica));

        var promoted = Clusters.promoted(three, 1, server(1, 3), Promotion.Kind.SWITCHOVER);

        assertThat(three.group(1).electorate("c").witnesses()).containsExactly(replica);
        assertThat(promoted.group(1).electorate("c").witnesses()).isEmpty();
        assertThat(promoted.group(1).fenced()).containsExactly(replica);
    }

    @Test
    void oneOfTwoCandidatesLeavesByItself() {
        var three = Clusters.assigned(1, 3);

        var left = three.apply(new DropCandidate(1, replica, false));

        assertThat(left.group(1).candidates()).containsExactly(server(1, 3));
    }

    @Test
    void theMemberThatIsBeingGivenTheRoleStaysACandidate() {
        var prepared = Clusters.assigned(1, 3)
                .apply(new PromotionCommand.StartPromotion(1, replica, Promotion.Kind.SWITCHOVER))
                .apply(new PromotionCommand.PromotionPrepared(1, replica, "run"));

        Refused.with(prepared, new DropCandidate(1, replica, true), Reason.BUSY, "group-[1] is promoting");
    }

    @Test
    void theMasterIsNoCandidate() {
        Refused.with(
                pair,
                new AwaitReplica(1, server(1, 1)),
                Reason.INVALID_ARGUMENT,
                "server-[1.1:6379] is the master of group-[1]");
    }

    @Test
    void aReplicaFlagOfAUsedGroupIsOutOfSyncUntilItIsPushed() {
        var flagged = pair.apply(new SetReplicaGroup(1, replica, true));

        assertThat(flagged.group(1).outOfSync()).isTrue();
        assertThat(Routes.of(flagged).groups().getFirst().replicas()).containsExactly(replica);
        assertThat(Clusters.of(1, 2)
                        .apply(new SetReplicaGroup(1, replica, true))
                        .group(1)
                        .outOfSync())
                .isFalse();
    }

    @Test
    void aReplicationJobWaitsItsTurnAndRunsOnce() {
        var jobs = pair.apply(new CreateSyncAction(replica)).apply(new CreateSyncAction(server(1, 1)));

        assertThat(jobs.group(1).required(replica).sync()).isEqualTo(new SyncAction(1, SyncAction.State.PENDING));
        assertThat(jobs.group(1).required(server(1, 1)).sync().index()).isEqualTo(2);
        Refused.with(
                jobs, new CreateSyncAction(replica), Reason.ALREADY_EXISTS, "server-[1.2:6379] action already exist");
        var ended = jobs.apply(new StepSyncAction(replica, SyncAction.State.SYNCING))
                .apply(new StepSyncAction(replica, SyncAction.State.SYNCED));
        assertThat(ended.group(1).required(replica).sync()).isEqualTo(new SyncAction(0, SyncAction.State.SYNCED));
        Refused.with(
                ended,
                new StepSyncAction(replica, SyncAction.State.SYNCING),
                Reason.BUSY,
                "server-[1.2:6379] action isn't SYNCING");
    }

    @Test
    void aReplicationJobIsTakenBackInAnyState() {
        Refused.with(pair, new RemoveSyncAction(replica), Reason.NOT_FOUND, "server-[1.2:6379] action doesn't exist");
        Refused.with(pair, new CreateSyncAction("x:1"), Reason.NOT_FOUND, "server-[x:1] doesn't exist");

        var back = pair.apply(new CreateSyncAction(replica)).apply(new RemoveSyncAction(replica));

        assertThat(back.group(1).required(replica).sync()).isEqualTo(SyncAction.NONE);
    }
}
