package io.codis.core.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.codis.core.explore.Explorer.Result;
import org.junit.jupiter.api.Test;

/**
 * With every rule in force no interleaving writes a slot at two places, shows a client less than was acknowledged, or
 * leaves an operation that cannot end. What {@code -Dexplore=full} adds is larger, not different.
 */
class ExplorerTest {

    private static final int LIMIT = 2_000_000;

    @Test
    void aMoveWithRequestsOfTwoProxiesIsSafe() {
        safe(Scenario.of().moving(0).requestsOfOneSlot().with(Budget.REQUEST, 2));
    }

    @Test
    void twoSlotsThatMoveTogetherAreSafe() {
        safe(Scenario.of().moving(0, 1).underWay().with(Budget.REQUEST, 1));
    }

    @Test
    void aMoveIsSafeWhileAnyEngineDies() {
        safe(underWay().with(Budget.REQUEST, 1).with(Budget.ENGINE_CRASH, 1));
    }

    @Test
    void aMoveIsSafeWithACopyThatArrivesLate() {
        safe(underWay().with(Budget.REQUEST, 2).with(Budget.IO_ERROR, 1));
    }

    @Test
    void aMoveIsSafeWithAProxyThatHangs() {
        safe(Scenario.of().moving(0).requestsOfOneSlot().with(Budget.REQUEST, 1).with(Budget.PROXY_HANG, 1));
    }

    @Test
    void aMoveIsSafeWithAProxyThatIsEvictedAlive() {
        safe(Scenario.of().moving(0).requestsOfOneSlot().with(Budget.REQUEST, 1).with(Budget.EVICTION, 1));
    }

    @Test
    void aMoveThatIsTurnedRoundIsSafe() {
        safe(underWay().with(Budget.REQUEST, 1).with(Budget.SWAP, 1).with(Budget.LATE_ROUTE, 1));
    }

    @Test
    void aMoveIsSafeWhileTheDashboardDiesAndTheNextOneTurnsItRound() {
        safe(underWay().with(Budget.REQUEST, 1).with(Budget.DASHBOARD_CRASH, 1).with(Budget.SWAP, 1));
    }

    @Test
    void aPlannedSwitchoverLosesNoReplyEvenWithoutSafeWrites() {
        safe(Scenario.of().plainWrites().with(Budget.REQUEST, 2).with(Budget.SWITCHOVER, 1));
        safe(Scenario.of()
                .plainWrites()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 1)
                .with(Budget.SWITCHOVER, 1)
                .with(Budget.DASHBOARD_CRASH, 1)
                .with(Budget.EVICTION, 1));
    }

    @Test
    void aSwitchoverWhoseReplicaIsCutOffIsRolledBackOrFinished() {
        safe(Scenario.of()
                .plainWrites()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 1)
                .with(Budget.SWITCHOVER, 1)
                .with(Budget.LINK_CUT, 1));
    }

    @Test
    void aFailoverKeepsWhatTheCandidatesAcknowledged() {
        safe(Scenario.of()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 2)
                .with(Budget.ENGINE_CRASH, 1)
                .with(Budget.LINK_CUT, 1));
    }

    @Test
    void aMasterThatEndedInGoodOrderNeedsNobodyElse() {
        safe(Scenario.of()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 1)
                .with(Budget.ORDERLY_STOP, 1)
                .with(Budget.ENGINE_CRASH, 1));
        safe(Scenario.of()
                .plainWrites()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 2)
                .with(Budget.ORDERLY_STOP, 1));
        safe(Scenario.of()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 1)
                .with(Budget.ORDERLY_STOP, 1)
                .with(Budget.LINK_CUT, 1)
                .with(Budget.SWITCHOVER, 1));
    }

    @Test
    void aMasterOutOfReachGivesUpItsRoleBeforeAnotherTakesIt() {
        safe(Scenario.of()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 1)
                .with(Budget.ISOLATION, 1)
                .with(Budget.EVICTION, 1));
    }

    @Test
    void aCandidateThatIsLetGoAndComesBackHasEverything() {
        safe(Scenario.of()
                .requestsOfOneSlot()
                .with(Budget.REQUEST, 1)
                .with(Budget.DROP, 1)
                .with(Budget.ENGINE_CRASH, 1));
    }

    @Test
    void inFullAMoveIsSafeWithEverythingAtOnce() {
        assumeTrue("full".equals(System.getProperty("explore")), "-Dexplore=full");
        searched(underWay().with(Budget.REQUEST, 2).with(Budget.IO_ERROR, 1).with(Budget.ENGINE_CRASH, 1));
        searched(underWay()
                .with(Budget.REQUEST, 2)
                .with(Budget.IO_ERROR, 1)
                .with(Budget.DASHBOARD_CRASH, 1)
                .with(Budget.PROXY_HANG, 1));
        searched(Scenario.of()
                .moving(0, 1)
                .with(Budget.REQUEST, 2)
                .with(Budget.SWAP, 1)
                .with(Budget.DASHBOARD_CRASH, 1));
        searched(underWay()
                .with(Budget.REQUEST, 1)
                .with(Budget.SWITCHOVER, 1)
                .with(Budget.ENGINE_CRASH, 1)
                .with(Budget.EVICTION, 1));
        searched(Scenario.of()
                .with(Budget.REQUEST, 2)
                .with(Budget.ENGINE_CRASH, 2)
                .with(Budget.ISOLATION, 1));
    }

    private static Scenario underWay() {
        return Scenario.of().moving(0).underWay().requestsOfOneSlot();
    }

    /** Every world was seen. */
    private static void safe(Scenario scenario) {
        Result result = Explorer.explore(scenario, LIMIT);
        System.out.println(result);
        assertThat(result.found()).as("%s", result).isFalse();
        assertThat(result.complete()).as("%s", result).isTrue();
    }

    /** As many worlds as fit were seen. */
    private static void searched(Scenario scenario) {
        Result result = Explorer.explore(scenario, 10 * LIMIT);
        System.out.println(result);
        assertThat(result.found()).as("%s", result).isFalse();
    }
}
