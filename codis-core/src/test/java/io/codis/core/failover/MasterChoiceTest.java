package io.codis.core.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.Seeded;
import io.codis.core.failover.Observation.Answered;
import io.codis.core.failover.Observation.Lost;
import io.codis.core.failover.Observation.Silent;
import io.codis.core.failover.Observation.Stopped;
import io.codis.core.failover.Promotion.Kind;
import io.codis.core.problem.Reason;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.ServerState.Engine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MasterChoiceTest {

    private static final Circumstances CALM = new Circumstances(false, false, false);
    private static final Circumstances LAPSED = new Circumstances(true, false, false);
    private static final Circumstances PATIENCE_OVER = new Circumstances(true, true, false);
    private static final long EPOCH = 5;

    private final Electorate three = new Electorate("c", 1, List.of("a", "b", "d"), Set.of("b", "d"), EPOCH, true);
    private final Electorate young = new Electorate("c", 1, List.of("a", "b"), Set.of(), 0, false);
    private final Promotion.Preparing failover = new Promotion.Preparing(Kind.FAILOVER, "b", EPOCH + 1);

    @Test
    void aMasterInItsRoleIsLeftAlone() {
        assertThat(MasterChoice.need(three, seen(master("a")), CALM)).isEqualTo(new Decision.Nothing());
    }

    @Test
    void aMasterThatDoesNotAnswerIsWaitedForUntilItIsCalledDown() {
        assertThat(MasterChoice.need(three, seen(replica("b"), replica("d")), CALM))
                .isInstanceOf(Decision.Wait.class);
        assertThat(MasterChoice.need(three, seen(master("a").engine(Engine.SILENT), replica("b")), CALM))
                .isInstanceOf(Decision.Wait.class);
        assertThat(MasterChoice.need(three, seen(replica("b"), replica("d")).and("a", new Lost()), CALM))
                .isEqualTo(promote("b"));
    }

    @Test
    void safetyRule10AnEnginesRestartEndsItsMastership() {
        var restarted = master("a").restarted();

        assertThat(MasterChoice.need(three, seen(restarted, replica("b"), replica("d")), CALM))
                .isEqualTo(promote("b"));
    }

    @Test
    void safetyRule10AMemberThatHasNotRestartedWinsOverAGreaterRecordedOffset() {
        var restarted = master("a").restarted().offset(9000);

        assertThat(MasterChoice.need(
                        three, seen(restarted, replica("b").restarted().offset(9000), replica("d")), CALM))
                .isEqualTo(promote("d"));
    }

    @Test
    void ofMembersThatHaveNotRestartedTheNewestWins() {
        assertThat(MasterChoice.need(
                        three,
                        seen(replica("b").offset(10), replica("d").offset(11)).and("a", new Lost()),
                        CALM))
                .isEqualTo(promote("d"));
    }

    @Test
    void aReplicaThatHasNotYetFollowedTheNewestMasterIsOlderWhateverItsOffset() {
        var left = replica("b").offset(9000).dataEpoch(EPOCH - 1);

        assertThat(MasterChoice.need(three, seen(left, replica("d")).and("a", new Lost()), CALM))
                .isEqualTo(promote("d"));
    }

    @Test
    void aMasterThatFencedItselfTakesItsRoleAgain() {
        var fenced = master("a").role(ServerState.Role.FENCED);

        assertThat(MasterChoice.need(three, seen(fenced, replica("b"), replica("d")), CALM))
                .isEqualTo(promote("a"));
    }

    @Test
    void aMasterThatIsToldToStopHasAnHeirThatStays() {
        assertThat(MasterChoice.heir(three, seen(master("a"), replica("b"), replica("d"))))
                .as("it stays")
                .isEmpty();
        assertThat(MasterChoice.heir(
                        three, seen(master("a").leaving(), replica("b").leaving(), replica("d"))))
                .contains("d");
        assertThat(MasterChoice.heir(
                        three,
                        seen(master("a").leaving(), replica("b"), replica("d").offset(200))))
                .as("the one with most")
                .contains("d");
        assertThat(MasterChoice.heir(
                        three,
                        seen(
                                master("a").leaving(),
                                replica("b").leaving(),
                                replica("d").leaving())))
                .as("everything is told to stop")
                .isEmpty();
    }

    @Test
    void aMemberThatIsToldToStopIsNotPromoted() {
        var fenced = master("a").role(ServerState.Role.FENCED).leaving();

        assertThat(MasterChoice.need(
                        three, seen(fenced, replica("b"), replica("d").leaving()), CALM))
                .isEqualTo(promote("b"));
        assertThat(MasterChoice.need(three, seen(fenced, replica("b").offset(99)), CALM))
                .as("b has not everything, and a has not gone yet")
                .isInstanceOf(Decision.Wait.class);
    }

    @Test
    void aReplicaThatIsNoCandidateIsNotPromoted() {
        var dropped = new Electorate("c", 1, List.of("a", "b", "d"), Set.of("b"), EPOCH, true);

        assertThat(MasterChoice.need(dropped, seen(replica("d").offset(9000)).and("a", new Lost()), CALM))
                .isInstanceOf(Decision.Wait.class);
        assertThat(needs(MasterChoice.need(
                        dropped, seen(replica("d").offset(9000)).and("a", new Lost()), PATIENCE_OVER)))
                .isEqualTo(Reason.NEEDS_DECISION);
    }

    @Test
    void safetyRule10AfterATotalRestartAllMembersAreHeardBeforeOneWins() {
        var a = master("a").restarted().offset(100);
        var b = replica("b").restarted().offset(90);
        var d = replica("d").restarted().offset(120);

        assertThat(MasterChoice.need(three, seen(a, b), CALM))
                .isEqualTo(new Decision.Wait(
                        List.of("d"), "every member that answers has restarted; these may have newer data"));
        assertThat(needs(MasterChoice.need(three, seen(a, b), PATIENCE_OVER))).isEqualTo(Reason.NEEDS_DECISION);
        assertThat(MasterChoice.need(three, seen(a, b, d), CALM)).isEqualTo(promote("d"));
    }

    @Test
    void decision30AMasterThatEndedInGoodOrderNeedsNobodyElse() {
        var whole = master("a").whole(EPOCH);

        assertThat(MasterChoice.need(three, seen(whole), CALM)).isEqualTo(promote("a"));
        assertThat(MasterChoice.need(three, seen(whole, replica("b").offset(900), replica("d")), CALM))
                .as("it has what its replicas had not yet been given")
                .isEqualTo(promote("a"));
        assertThat(MasterChoice.need(three, seen(whole, replica("b").emptied()), CALM))
                .isEqualTo(promote("a"));
        assertThat(MasterChoice.need(three, seen(master("a").whole(EPOCH).engine(Engine.LOADING)), PATIENCE_OVER))
                .isInstanceOf(Decision.Wait.class);
        assertThat(prove(
                        seen(
                                master("a").whole(EPOCH).promised(EPOCH + 1),
                                replica("b").promised(EPOCH + 1)),
                        CALM))
                .isEqualTo(promote("a"));
    }

    @Test
    void decision30AnEndInGoodOrderProvesNothingElse() {
        for (Server other : List.of(
                master("a").whole(EPOCH - 1),
                master("a").whole(EPOCH + 1),
                master("a").whole(EPOCH).leaving(),
                master("a").whole(EPOCH).engine(Engine.DOWN),
                master("a").whole(EPOCH).keys(0))) {
            assertThat(needs(MasterChoice.need(three, seen(other), PATIENCE_OVER)))
                    .as("%s", other.state())
                    .isEqualTo(Reason.NEEDS_DECISION);
        }
        assertThat(needs(MasterChoice.need(
                        three,
                        seen(master("a").whole(EPOCH), replica("b").restarted().dataEpoch(EPOCH + 1)),
                        PATIENCE_OVER)))
                .as("somebody was master later")
                .isEqualTo(Reason.NEEDS_DECISION);
        assertThat(needs(
                        MasterChoice.need(three, seen(replica("b").whole(EPOCH)).and("a", new Lost()), PATIENCE_OVER)))
                .as("it is not the master that is stored")
                .isEqualTo(Reason.NEEDS_DECISION);
        assertThat(MasterChoice.need(three, seen(master("a").whole(EPOCH).leaving(), replica("b")), CALM))
                .isEqualTo(promote("b"));
    }

    @Test
    void safetyRule10AfterATotalRestartTheOldMasterWinsAmongEquals() {
        var all = seen(
                master("a").restarted(), replica("b").restarted(), replica("d").restarted());

        assertThat(MasterChoice.need(three, all, CALM)).isEqualTo(promote("a"));
    }

    @Test
    void aFencedMemberIsNeverChosen() {
        var group = fenced(Set.of("b"), Set.of("b"), Set.of("d"));
        var ofPerson = new Electorate("c", 1, List.of("a", "b"), Set.of(), EPOCH, true, Set.of("b"), Set.of());
        var leaving = seen(master("a").leaving(), replica("b").offset(900));

        assertThat(MasterChoice.need(
                        group, seen(replica("b").offset(900), replica("d")).and("a", new Lost()), CALM))
                .isEqualTo(promote("d"));
        assertThat(MasterChoice.heir(ofPerson, leaving)).isEmpty();
        assertThat(MasterChoice.mostLeft(
                        ofPerson,
                        List.of(replica("a").state(), replica("b").keys(900).state())))
                .hasValueSatisfying(state -> assertThat(state.address()).isEqualTo("a"));
        assertThat(MasterChoice.need(group, seen(without("a").leaving(), without("b"), without("d")), CALM))
                .isEqualTo(afresh("d"));
    }

    @Test
    void aFencedMemberIsNeverChosenWhateverIsSeen() {
        Seeded.times(2000, random -> {
            var witnesses = random.nextBoolean() ? Set.of("b") : Set.<String>of();
            var group = fenced(Set.of("b"), witnesses, random.nextBoolean() ? Set.of("d") : Set.of());
            var facts = new Facts();
            for (String member : group.members()) {
                facts.put(member, anything(member, random));
            }
            var circumstances = new Circumstances(random.nextBoolean(), random.nextBoolean(), random.nextInt(10) == 0);
            var promotion = new Promotion.Preparing(Kind.FAILOVER, "a", EPOCH + 1);

            for (Decision decision : List.of(
                    MasterChoice.need(group, facts, circumstances),
                    MasterChoice.prove(group, promotion, facts, circumstances))) {
                if (decision instanceof Decision.Promote(String member, Kind ignored)) {
                    assertThat(member).isNotEqualTo("b");
                }
            }
        });
    }

    @Test
    void aWitnessIsAskedBeforeOneThatHasRestartedWins() {
        var group = fenced(Set.of("b"), Set.of("b"), Set.of());
        var unheard = seen(master("a").restarted()).and("b", new Silent());
        var unbroken = seen(master("a").restarted().offset(120), replica("b").offset(100));
        var older = seen(
                master("a").restarted().offset(120), replica("b").restarted().offset(100));
        var newer = seen(
                master("a").restarted().offset(90), replica("b").restarted().offset(100));

        assertThat(MasterChoice.need(group, unheard, CALM)).isInstanceOf(Decision.Wait.class);
        assertThat(needs(MasterChoice.need(group, unheard, PATIENCE_OVER))).isEqualTo(Reason.NEEDS_DECISION);
        assertThat(needs(MasterChoice.need(group, unbroken, CALM))).isEqualTo(Reason.NEEDS_DECISION);
        assertThat(needs(MasterChoice.need(group, newer, CALM))).isEqualTo(Reason.NEEDS_DECISION);
        assertThat(((Decision.NeedsDecision) MasterChoice.need(group, newer, CALM)).explanation())
                .isEqualTo(
                        "a restarted and may lack writes that [b] had when it was fenced; [b] is fenced by a person");
        assertThat(MasterChoice.need(group, older, CALM)).isEqualTo(promote("a"));
        assertThat(MasterChoice.need(group, seen(master("a").whole(EPOCH), replica("b")), CALM))
                .as("a master that ended in good order has all")
                .isEqualTo(promote("a"));
    }

    @Test
    void aWitnessThatIsUnfencedIsChosenOnlyByAPerson() {
        var group = fenced(Set.of(), Set.of("b"), Set.of());
        var states = List.of(
                master("a").restarted().state(), replica("b").offset(110).state());

        assertThat(needs(MasterChoice.need(group, seen(master("a").restarted(), replica("b")), CALM)))
                .as("one may have what was written since, the other what the restart has lost")
                .isEqualTo(Reason.NEEDS_DECISION);
        assertThat(MasterChoice.mostLeft(group, states).orElseThrow().address()).isEqualTo("b");
        assertThat(MasterChoice.need(group, seen(replica("b")).and("a", new Lost()), CALM))
                .as("the master that is away may have been written to since")
                .isInstanceOf(Decision.Wait.class);
    }

    private static Electorate fenced(Set<String> fenced, Set<String> witnesses, Set<String> candidates) {
        return new Electorate("c", 1, List.of("a", "b", "d"), candidates, EPOCH, true, fenced, witnesses);
    }

    private static Observation anything(String member, Random random) {
        Server server = random.nextInt(6) == 0 ? fresh(member) : replica(member);
        server.offset(random.nextInt(3) * 100)
                .dataEpoch(EPOCH - random.nextInt(2))
                .promised(EPOCH + random.nextInt(2))
                .keys(random.nextInt(3))
                .engine(random.nextInt(4) == 0 ? Engine.LOADING : Engine.UP);
        return switch (random.nextInt(8)) {
            case 0 -> new Lost();
            case 1 -> new Silent();
            case 2 -> new Stopped();
            case 3 -> answered(server.ephemeral());
            case 4 -> answered(server.whole(EPOCH));
            case 5 -> answered(server.role(ServerState.Role.MASTER));
            default -> answered(random.nextBoolean() ? server.restarted() : server);
        };
    }

    @Test
    void anEngineThatIsStillLoadingIsWaitedFor() {
        var all = seen(
                master("a").restarted(),
                replica("b").restarted(),
                replica("d").restarted().engine(Engine.LOADING));

        assertThat(MasterChoice.need(three, all, CALM)).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void safetyRule10OffsetsOfDifferentHistoriesAreNotCompared() {
        var all = seen(
                master("a").restarted().offset(100),
                replica("b").restarted().offset(90).replid("other"),
                replica("d").restarted());

        assertThat(needs(MasterChoice.need(three, all, CALM))).isEqualTo(Reason.NEEDS_DECISION);
    }

    @Test
    void safetyRule10AnEmptiedVolumeNeverWins() {
        var alone = new Electorate("c", 1, List.of("a"), Set.of(), EPOCH, true);
        var pair = new Electorate("c", 1, List.of("a", "b"), Set.of("b"), EPOCH, true);

        assertThat(MasterChoice.need(alone, seen(master("a").emptied()), CALM)).isInstanceOf(Decision.Wait.class);
        assertThat(needs(MasterChoice.need(alone, seen(master("a").emptied()), PATIENCE_OVER)))
                .isEqualTo(Reason.NEEDS_DECISION);
        assertThat(MasterChoice.need(pair, seen(master("a").emptied(), replica("b")), CALM))
                .isEqualTo(promote("b"));
    }

    @Test
    void safetyRule10AMemberWithoutKeysDoesNotWinOverOneWithKeys() {
        var all = seen(
                master("a").restarted().offset(100).keys(0),
                replica("b").restarted().offset(90),
                replica("d").restarted());

        assertThat(needs(MasterChoice.need(three, all, CALM))).isEqualTo(Reason.NEEDS_DECISION);
    }

    @Test
    void safetyRule13PromisesOfAMajorityStandBeforeARole() {
        var waiting = prove(seen(replica("b").promised(EPOCH + 1), replica("d")).and("a", new Lost()), LAPSED);
        var proven = prove(
                seen(replica("b").promised(EPOCH + 1), replica("d").promised(EPOCH + 1))
                        .and("a", new Lost()),
                LAPSED);

        assertThat(waiting)
                .isEqualTo(new Decision.Wait(List.of("a", "d"), "these members could still confirm an older master"));
        assertThat(proven).isEqualTo(promote("b"));
    }

    @Test
    void safetyRule13MembersThatWereAddedAndNeverAttachedPromiseAsWell() {
        var alone = new Electorate("c", 1, List.of("a", "b", "d"), Set.of(), EPOCH, true);
        var again = new Promotion.Preparing(Kind.FAILOVER, "a", EPOCH + 1);
        var restarted = master("a").restarted().promised(EPOCH + 1);

        assertThat(MasterChoice.prove(alone, again, seen(restarted, fresh("b"), fresh("d")), LAPSED))
                .isEqualTo(new Decision.Wait(List.of("b", "d"), "these members could still confirm an older master"));
        assertThat(MasterChoice.prove(
                        alone,
                        again,
                        seen(
                                restarted,
                                fresh("b").promised(EPOCH + 1),
                                fresh("d").promised(EPOCH + 1)),
                        LAPSED))
                .isEqualTo(promote("a"));
        assertThat(prove(seen(fresh("a").promised(EPOCH + 1), replica("b").promised(EPOCH + 1)), CALM))
                .as("another server where the master was is no word of the master")
                .isInstanceOf(Decision.Wait.class);
    }

    @Test
    void safetyRule13AMemberProvenStoppedHasPromised() {
        var stopped =
                seen(replica("b").promised(EPOCH + 1)).and("a", new Stopped()).and("d", new Silent());
        var lost = seen(replica("b").promised(EPOCH + 1)).and("a", new Lost()).and("d", new Silent());

        assertThat(prove(stopped, CALM)).isEqualTo(promote("b"));
        assertThat(prove(lost, LAPSED)).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void safetyRule13WithoutWordFromTheOldMasterItsLeaseMustLapse() {
        var promised = seen(replica("b").promised(EPOCH + 1), replica("d").promised(EPOCH + 1))
                .and("a", new Lost());

        assertThat(prove(promised, CALM))
                .isEqualTo(
                        new Decision.Wait(List.of("a"), "the old master may hold its role until its lease has lapsed"));
        assertThat(prove(promised, LAPSED)).isEqualTo(promote("b"));
    }

    @Test
    void aPromiseToAnOlderEpochIsNone() {
        var old =
                seen(replica("b").promised(EPOCH), replica("d").promised(EPOCH)).and("a", new Lost());

        assertThat(prove(old, LAPSED)).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void whatIsProvenMayDifferFromWhatWasChosen() {
        var facts = seen(
                        replica("b").offset(10).promised(EPOCH + 1),
                        replica("d").offset(11).promised(EPOCH + 1))
                .and("a", new Lost());

        assertThat(prove(facts, LAPSED)).isEqualTo(promote("d"));
    }

    @Test
    void aPersonsChoiceStillWaitsForTheOldMastersLease() {
        var forced = new Promotion.Preparing(Kind.FORCED, "b", EPOCH + 1);
        var facts = seen(replica("b").restarted()).and("a", new Lost());

        assertThat(MasterChoice.prove(three, forced, facts, CALM)).isInstanceOf(Decision.Wait.class);
        assertThat(MasterChoice.prove(three, forced, facts, LAPSED)).isEqualTo(new Decision.Promote("b", Kind.FORCED));
    }

    @Test
    void safetyRule18TheFirstMemberBecomesMasterWhereEveryMemberIsSeenToBeEmpty() {
        var empty = seen(fresh("a"), fresh("b"));

        assertThat(MasterChoice.need(young, empty, CALM)).isEqualTo(new Decision.Promote("a", Kind.BOOTSTRAP));
        assertThat(MasterChoice.need(young, seen(fresh("a")), CALM)).isInstanceOf(Decision.Wait.class);
    }

    @Test
    void safetyRule18ServersWithDataAndNoRecordedMasterNeedAPerson() {
        var holds = seen(fresh("a"), fresh("b").hasData());

        assertThat(needs(MasterChoice.need(young, holds, CALM))).isEqualTo(Reason.COORDINATOR_LOST);
        assertThat(needs(MasterChoice.need(young, seen(fresh("a"), fresh("b")), new Circumstances(false, false, true))))
                .isEqualTo(Reason.COORDINATOR_LOST);
    }

    @Test
    void aServerWithANewerRoleThanStoredShowsThatTheStoreIsOld() {
        assertThat(needs(MasterChoice.need(three, seen(master("a").epoch(EPOCH + 1)), CALM)))
                .isEqualTo(Reason.COORDINATOR_LOST);
    }

    @Test
    void decision29WhatIsNowhereIsNotWaitedFor() {
        var all = seen(without("a"), without("b"), without("d"));

        assertThat(MasterChoice.need(three, all, CALM)).isEqualTo(afresh("a"));
        assertThat(MasterChoice.need(three, seen(without("a").leaving(), without("b"), without("d")), CALM))
                .isEqualTo(afresh("b"));
        assertThat(MasterChoice.need(three, all, new Circumstances(false, false, true)))
                .as("the stored topology may be an old one")
                .isInstanceOf(Decision.Wait.class);
    }

    /** Whatever one of them is but new, empty and without storage by declaration, nothing begins again. */
    @Test
    void decision29OneMemberThatMayKnowBetterIsEnoughToWait() {
        List<Function<String, Observation>> others = List.of(
                address -> new Silent(),
                address -> new Lost(),
                address -> new Stopped(),
                address -> answered(fresh(address)),
                address -> answered(without(address).hasData()),
                address -> answered(without(address).keys(1)),
                address -> answered(without(address).engine(Engine.LOADING)),
                address -> answered(without(address).engine(Engine.DOWN)),
                address -> answered(without(address).epoch(1)),
                address -> answered(replica(address).ephemeral()),
                address -> answered(replica(address).restarted().keys(0).ephemeral()),
                address -> answered(master(address).restarted().ephemeral()));
        for (String one : three.members()) {
            for (var other : others) {
                for (Circumstances circumstances : List.of(CALM, LAPSED, PATIENCE_OVER)) {
                    var facts = seen(without("a"), without("b"), without("d")).and(one, other.apply(one));
                    assertThat(MasterChoice.need(three, facts, circumstances))
                            .as("%s is %s", one, facts.get(one))
                            .isNotEqualTo(afresh("a"))
                            .isNotEqualTo(afresh("b"));
                }
            }
        }
    }

    @Test
    void decision29AGroupBeginsAgainOnlyBehindPromisesAndTheOldMastersLease() {
        var again = new Promotion.Preparing(Kind.AFRESH, "a", EPOCH + 1);
        var promised = seen(
                without("a").promised(EPOCH + 1),
                without("b").promised(EPOCH + 1),
                without("d").promised(EPOCH + 1));

        assertThat(MasterChoice.prove(three, again, promised, CALM)).isInstanceOf(Decision.Wait.class);
        assertThat(MasterChoice.prove(
                        three, again, promised.and("d", answered(without("d").promised(EPOCH))), LAPSED))
                .isEqualTo(new Decision.Wait(List.of("d"), "these members have not promised"));
        assertThat(MasterChoice.prove(
                        three, again, promised.and("d", answered(without("d").promised(EPOCH + 1))), LAPSED))
                .isEqualTo(afresh("a"));
    }

    @Test
    void decision29AFailoverWhoseServersAllWentBeginsAgainAndOneThatHeardOfDataIsAFailover() {
        var gone = seen(
                without("a").promised(EPOCH + 1),
                without("b").promised(EPOCH + 1),
                without("d").promised(EPOCH + 1));
        var again = new Promotion.Preparing(Kind.AFRESH, "a", EPOCH + 1);
        var there = seen(
                without("a"), replica("b").promised(EPOCH + 1), replica("d").promised(EPOCH + 1));

        assertThat(prove(gone, LAPSED)).isEqualTo(afresh("a"));
        assertThat(MasterChoice.prove(three, again, there, LAPSED)).isEqualTo(promote("b"));
    }

    @Test
    void whatAPersonMustDecideIsSaidInPlainWords() {
        assertThat(MasterChoice.need(three, seen(fresh("a"), fresh("b"), fresh("d")), PATIENCE_OVER))
                .isEqualTo(new Decision.NeedsDecision(
                        Reason.NEEDS_DECISION, "[a, b, d] came back without the group's data"));
        assertThat(MasterChoice.need(three, seen(fresh("a"), replica("b").restarted()), PATIENCE_OVER))
                .isEqualTo(new Decision.NeedsDecision(
                        Reason.NEEDS_DECISION,
                        "[a] came back without the group's data, and [d], which may have it, is silent, and [b] restarted"
                                + " and may lack writes"));
    }

    @Test
    void whoGivesUpTheRestKeepsTheMemberWithMost() {
        var states = List.of(
                fresh("a").keys(99).state(),
                replica("b").restarted().offset(10).state(),
                replica("d").restarted().offset(11).engine(Engine.LOADING).state());

        assertThat(MasterChoice.mostLeft(three, states).orElseThrow().address()).isEqualTo("b");
        assertThat(MasterChoice.mostLeft(three, List.of())).isEmpty();
    }

    private static Decision afresh(String member) {
        return new Decision.Promote(member, Kind.AFRESH);
    }

    private static Server without(String address) {
        return fresh(address).ephemeral();
    }

    private static Observation answered(Server server) {
        return new Answered(server.state());
    }

    private Decision prove(Map<String, Observation> seen, Circumstances circumstances) {
        return MasterChoice.prove(three, failover, seen, circumstances);
    }

    private static Reason needs(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.NeedsDecision.class);
        return ((Decision.NeedsDecision) decision).reason();
    }

    private static Decision promote(String member) {
        return new Decision.Promote(member, Kind.FAILOVER);
    }

    private static Facts seen(Server... servers) {
        var facts = new Facts();
        for (Server server : servers) {
            facts.put(server.address, new Answered(server.state()));
        }
        return facts;
    }

    @SuppressWarnings("serial")
    private static final class Facts extends HashMap<String, Observation> {
        Facts and(String member, Observation observation) {
            put(member, observation);
            return this;
        }
    }

    private static Server master(String address) {
        return new Server(address).role(ServerState.Role.MASTER);
    }

    private static Server replica(String address) {
        return new Server(address);
    }

    private static Server fresh(String address) {
        return new Server(address).emptied();
    }

    /** Up, adopted, in sync, with 100 bytes of the group's history and ten keys, unless changed. */
    private static final class Server {
        private final String address;
        private String clusterId = "c";
        private ServerState.Role role = ServerState.Role.REPLICA;
        private Engine engine = Engine.UP;
        private long epoch = EPOCH;
        private long dataEpoch = EPOCH;
        private long promised = EPOCH;
        private long offset = 100;
        private long keys = 10;
        private String replid = "history";
        private String inSyncRunId = "run";
        private boolean hasData = true;
        private boolean leaving;
        private boolean ephemeral;
        private long wholeEpoch;

        Server(String address) {
            this.address = address;
        }

        Server role(ServerState.Role next) {
            role = next;
            return this;
        }

        Server engine(Engine next) {
            engine = next;
            return this;
        }

        Server epoch(long next) {
            epoch = next;
            return this;
        }

        Server dataEpoch(long next) {
            dataEpoch = next;
            return this;
        }

        Server promised(long next) {
            promised = next;
            return this;
        }

        Server offset(long next) {
            offset = next;
            return this;
        }

        Server keys(long next) {
            keys = next;
            return this;
        }

        Server replid(String next) {
            replid = next;
            return this;
        }

        Server hasData() {
            hasData = true;
            return this;
        }

        Server restarted() {
            inSyncRunId = "before";
            role = ServerState.Role.FENCED;
            return this;
        }

        /** Its engine ended in good order as master of this epoch. */
        Server whole(long epoch) {
            wholeEpoch = epoch;
            return restarted();
        }

        Server leaving() {
            leaving = true;
            return this;
        }

        /** By declaration, as long as it lives. */
        Server ephemeral() {
            ephemeral = true;
            return this;
        }

        Server emptied() {
            clusterId = "";
            epoch = 0;
            dataEpoch = 0;
            promised = 0;
            offset = 0;
            keys = 0;
            replid = "";
            inSyncRunId = "";
            hasData = false;
            role = ServerState.Role.FENCED;
            return this;
        }

        ServerState state() {
            return new ServerState(
                    clusterId,
                    clusterId.isEmpty() ? 0 : 1,
                    address,
                    epoch,
                    promised,
                    dataEpoch,
                    1,
                    0,
                    0,
                    role,
                    null,
                    true,
                    engine,
                    "redis 7.0.15",
                    "run",
                    replid,
                    offset,
                    inSyncRunId,
                    hasData,
                    keys,
                    leaving,
                    ephemeral,
                    wholeEpoch,
                    "",
                    false,
                    null);
        }
    }
}
