package io.codis.core.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.explore.Explorer.Result;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A rule that can be left out without the explorer finding anything would be no rule, or the explorer blind to it. */
class RulesMatterTest {

    private static final int LIMIT = 600_000;

    @Test
    void withoutRule1TheExplorerFindsAnOldCopyOverANewValue() {
        Supplier<Scenario> lateCopies = () -> underWay()
                .withoutRemovals()
                .with(Budget.REQUEST, 2)
                .with(Budget.IO_ERROR, 1)
                .without(Rule.LOGIN_DIES_WITH_AN_ERROR, Rule.SOURCE_REMEMBERS_ERRORS);
        finds("reads write 1 of slot 0 at 2.1:6379, acknowledged was write 2", lateCopies, Rule.COPY_NEVER_REPLACES);
    }

    @Test
    void withoutRule2TheExplorerFindsARevivedValue() {
        finds(
                "acknowledged was",
                () -> underWay().with(Budget.REQUEST, 1).with(Budget.ENGINE_CRASH, 1),
                Rule.SOURCE_ACKNOWLEDGES);
    }

    @Test
    void withoutRule3TheExplorerFindsALostKey() {
        finds("reads nothing of slot 0", () -> underWay().with(Budget.ENGINE_CRASH, 1), Rule.TARGET_ACKNOWLEDGES);
    }

    @Test
    void withoutRule4TheExplorerFindsARemovedKeyBack() {
        finds(
                "acknowledged was removal 2",
                () -> underWay().with(Budget.REQUEST, 2).with(Budget.IO_ERROR, 1),
                Rule.LOGIN_DIES_WITH_AN_ERROR,
                Rule.SOURCE_REMEMBERS_ERRORS);
    }

    /** The one who saw the error stops; the others go on, and only the source can tell them. */
    @Test
    void withoutTheSourcesMemoryTheExplorerFindsAKeyThatAnotherMoverBringsBack() {
        finds(
                "acknowledged was removal 2",
                () -> underWay().with(Budget.REQUEST, 2).with(Budget.IO_ERROR, 1),
                Rule.SOURCE_REMEMBERS_ERRORS);
    }

    @Test
    void withoutRule5TheExplorerFindsTwoPlacesThatWrite() {
        finds("more than one place", () -> underWay().with(Budget.SWAP, 1), Rule.SWAP_TAKES_A_BARRIER);
    }

    @Test
    void withoutRule10TheExplorerFindsAnOldMasterWithOldData() {
        finds(
                "reads write 1",
                () -> one().with(Budget.REQUEST, 1).with(Budget.ENGINE_CRASH, 1),
                Rule.RESTART_ENDS_MASTERSHIP);
    }

    @Test
    void withoutTheEndOfAProofTheExplorerFindsAMasterThatDiedLaterWithOldData() {
        finds(
                "reads write 1",
                () -> one().with(Budget.REQUEST, 1).with(Budget.ORDERLY_STOP, 1).with(Budget.ENGINE_CRASH, 1),
                Rule.A_ROLE_ENDS_THE_PROOF);
    }

    /** Proven is a run of an engine; by the time the role arrives it may be another run. */
    @Test
    void withoutTheRunInARoleTheExplorerFindsARestartedMaster() {
        finds(
                "reads write 1",
                () -> one().with(Budget.REQUEST, 1).with(Budget.ENGINE_CRASH, 1).with(Budget.ISOLATION, 1),
                Rule.ROLE_NAMES_THE_RUN);
    }

    @Test
    void withoutTheBarrierTheExplorerFindsTwoPlacesThatWrite() {
        finds("more than one place", () -> Scenario.of().moving(0), Rule.BARRIER_WAITS);
    }

    @Test
    void withoutRule11AnEvictedProxyStillWrites() {
        finds("more than one place", () -> Scenario.of().moving(0).with(Budget.EVICTION, 1), Rule.EVICTION_FENCES);
    }

    @Test
    void withoutRule11ARequestThatWasSentRunsBehindTheBarrier() {
        finds(
                "more than one place",
                () -> Scenario.of().moving(0).requestsOfOneSlot().with(Budget.REQUEST, 1),
                Rule.LOCK_WAITS_FOR_SENT_REQUESTS);
    }

    @Test
    void withoutRule12ASwitchoverLosesAReply() {
        finds(
                "reads write 1",
                () -> one().plainWrites().with(Budget.REQUEST, 1).with(Budget.SWITCHOVER, 1),
                Rule.SWITCHOVER_WAITS_FOR_OFFSETS);
    }

    @Test
    void withoutRule13TheExplorerFindsTwoMasters() {
        finds(
                "more than one place",
                () -> one().with(Budget.ISOLATION, 1).with(Budget.EVICTION, 1),
                Rule.LEASE_MUST_LAPSE);
    }

    @Test
    void withoutRule14ADeposedMoverRemovesALiveKey() {
        finds(
                "reads nothing",
                () -> underWay().with(Budget.DASHBOARD_CRASH, 1).with(Budget.SWAP, 1),
                Rule.LEADER_DEPOSES_OLDER);
    }

    @Test
    void withoutRule14ALateRouteOpensALockedSlot() {
        finds(
                "more than one place",
                () -> underWay().with(Budget.LATE_ROUTE, 1).with(Budget.SWAP, 1),
                Rule.ROUTES_ONLY_RISE);
    }

    @Test
    void withoutTheStoredSetTheExplorerPromotesAReplicaThatMissedAWrite() {
        finds(
                "reads write 1",
                () -> one().with(Budget.REQUEST, 1).with(Budget.ENGINE_CRASH, 1).with(Budget.LINK_CUT, 1),
                Rule.CANDIDATES_ARE_AWAITED);
    }

    @Test
    void withoutTheRouteInForceARequestMissesACandidateThatCameBack() {
        finds(
                "reads write 1",
                () -> one().with(Budget.REQUEST, 1).with(Budget.ENGINE_CRASH, 1).with(Budget.DROP, 1),
                Rule.WAITS_FOLLOW_THE_ROUTE);
    }

    private static Scenario underWay() {
        return Scenario.of().moving(0).underWay().requestsOfOneSlot();
    }

    private static Scenario one() {
        return Scenario.of().requestsOfOneSlot();
    }

    /** The violation is found without the rules, and not in as many worlds with them. */
    private static void finds(String violation, Supplier<Scenario> scenario, Rule... off) {
        Result without = Explorer.explore(scenario.get().without(off), LIMIT);
        System.out.println(without);
        assertThat(without.violation()).as("%s", without).contains(violation);

        Result with = Explorer.explore(scenario.get(), without.worlds());
        assertThat(with.found()).as("%s", with).isFalse();
    }
}
