package io.codis.core.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.migration.SlotAction;
import io.codis.core.problem.Reason;
import io.codis.core.topology.SlotCommand.AssignSlots;
import io.codis.core.topology.SlotCommand.CreateMove;
import io.codis.core.topology.SlotCommand.CreateMoves;
import io.codis.core.topology.SlotCommand.CreateRangeMoves;
import io.codis.core.topology.SlotCommand.CreateSomeMoves;
import io.codis.core.topology.SlotCommand.OfflineSlots;
import io.codis.core.topology.SlotCommand.WithdrawMove;
import io.codis.core.topology.SlotStep.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SlotCommandTest {

    private final Topology two = Clusters.assigned(2, 1);

    @Test
    void movesAreNumberedInTheOrderInWhichTheyAreAskedFor() {
        var moves = two.apply(new CreateMove(7, 2)).apply(new CreateRangeMoves(3, 4, 2));

        assertThat(moves.slot(7).action()).isEqualTo(new SlotAction.Pending(1, 2));
        assertThat(moves.slot(3).action()).isEqualTo(new SlotAction.Pending(2, 2));
        assertThat(moves.slot(4).action()).isEqualTo(new SlotAction.Pending(3, 2));
        assertThat(moves.slot(7).group()).isEqualTo(1);
    }

    @Test
    void aMoveIsRefusedInTheWordsOfCodis() {
        var moving = two.apply(new CreateMove(7, 2)).apply(new GroupCommand.CreateGroup(3));

        Refused.with(moving, new CreateMove(7, 2), Reason.BUSY, "slot-[7] action already exists");
        Refused.with(moving, new CreateMove(8, 1), Reason.ALREADY_EXISTS, "slot-[8] already in group-[1]");
        Refused.with(moving, new CreateMove(8, 3), Reason.NOT_READY, "group-[3] is empty");
        Refused.with(moving, new CreateMove(8, 4), Reason.NOT_FOUND, "group-[4] doesn't exist");
        Refused.with(moving, new CreateMove(1024, 2), Reason.NOT_FOUND, "slot-[1024] doesn't exist");
        Refused.with(moving, new CreateMove(-1, 2), Reason.NOT_FOUND, "slot-[-1] doesn't exist");
    }

    @ParameterizedTest
    @CsvSource({"-1,5", "5,4", "0,1024"})
    void aRangeOfSlotsLiesWithin1024(int from, int to) {
        Refused.with(
                two,
                new CreateRangeMoves(from, to, 2),
                Reason.INVALID_ARGUMENT,
                "invalid slot range [" + from + "," + to + "]");
    }

    @Test
    void aRangeMovesWholeOrNotAtAll() {
        var moving = two.apply(new CreateMove(5, 2));

        Refused.with(moving, new CreateRangeMoves(4, 6, 2), Reason.BUSY, "slot-[5] action already exists");
        assertThat(moving.slot(4).idle()).isTrue();
    }

    @Test
    void someSlotsOfAGroupAreTheLowestIdleOnes() {
        var moving = two.apply(new CreateMove(0, 2)).apply(new CreateSomeMoves(1, 2, 2));

        assertThat(moving.slots().stream().filter(s -> !s.idle()).map(Slot::id)).containsExactly(0, 1, 2);
        assertThat(two.apply(new CreateSomeMoves(0, 2, 5)).slots()).isEqualTo(two.slots());
    }

    @Test
    void onlyAPendingMoveIsWithdrawn() {
        var pending = two.apply(new CreateMove(7, 2));

        assertThat(pending.apply(new WithdrawMove(7)).slots()).isEqualTo(two.slots());
        Refused.with(two, new WithdrawMove(7), Reason.NOT_FOUND, "slot-[7] action doesn't exist");
        Refused.with(
                pending.apply(new SlotStep(Step.PREPARE, List.of(7))),
                new WithdrawMove(7),
                Reason.BUSY,
                "slot-[7] action isn't pending");
    }

    @Test
    void aBatchGoesThroughItsStepsToTheTarget() {
        var batch = List.of(3, 4, 9);
        var topology = two.apply(new CreateMoves(new TreeMap<>(Map.of(3, 2, 4, 2, 9, 2))));

        for (Step step : List.of(Step.PREPARE, Step.PREPARED, Step.MIGRATE, Step.FINISH, Step.COMPLETE)) {
            topology = topology.apply(new SlotStep(step, batch));
        }

        assertThat(topology.slots().stream()
                        .filter(s -> s.id() < 10 && s.group() == 2)
                        .map(Slot::id))
                .containsExactly(3, 4, 9);
        assertThat(topology.slots()).allMatch(Slot::idle);
    }

    @Test
    void aPreparingBatchGoesBackToPending() {
        var preparing = two.apply(new CreateMove(7, 2)).apply(new SlotStep(Step.PREPARE, List.of(7)));

        var back = preparing.apply(new SlotStep(Step.ROLL_BACK, List.of(7)));

        assertThat(back.slot(7).action()).isEqualTo(new SlotAction.Pending(1, 2));
        assertThat(Routes.of(back).slots()).noneMatch(s -> s.locked());
    }

    @Test
    void aMoveThatHasBegunGoesBackOnlyAsTheOppositeMoveBehindABarrier() {
        var migrating = stepped(two.apply(new CreateMove(7, 2)), 7, Step.PREPARE, Step.PREPARED, Step.MIGRATE);

        var swapped = migrating.apply(new SlotStep(Step.SWAP, List.of(7)));

        assertThat(swapped.slot(7)).isEqualTo(new Slot(7, 2, new SlotAction.Swapping(1, 1)));
        assertThat(Routes.of(swapped).slots())
                .anySatisfy(s -> assertThat(List.of(s.from(), s.group(), s.source(), s.locked()))
                        .isEqualTo(List.of(7, 1, 2, true)));
        var back = stepped(swapped, 7, Step.PREPARED, Step.MIGRATE, Step.FINISH, Step.COMPLETE);
        assertThat(back.slot(7)).isEqualTo(two.slot(7));
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aMoveThatWasTurnedRoundIsOnlyPreparedNext(Step step) {
        var swapped = stepped(two.apply(new CreateMove(7, 2)), 7, Step.PREPARE, Step.PREPARED, Step.MIGRATE, Step.SWAP);

        if (step == Step.PREPARED) {
            assertThat(swapped.apply(new SlotStep(step, List.of(7))).slot(7).action())
                    .isInstanceOf(SlotAction.Prepared.class);
        } else {
            Refused.with(
                    swapped,
                    new SlotStep(step, List.of(7)),
                    Reason.BUSY,
                    "slot-[7] action is Swapping, no step " + step);
        }
    }

    @Test
    void aBatchIsOfOneSource() {
        var both = two.apply(new CreateMove(7, 2)).apply(new CreateMove(1000, 1));

        Refused.with(
                both,
                new SlotStep(Step.PREPARE, List.of(7, 1000)),
                Reason.INVALID_ARGUMENT,
                "slots [7, 1000] are not of one source group");
        Refused.with(
                both,
                new SlotStep(Step.PREPARE, List.of()),
                Reason.INVALID_ARGUMENT,
                "slots [] are not of one source group");
    }

    @Test
    void nothingMovesIntoAGroupThatNeverHadAMaster() {
        var young = two.apply(new GroupCommand.CreateGroup(3))
                .apply(new GroupCommand.AddServer(3, "x:1", ""))
                .apply(new CreateMove(7, 3));

        Refused.with(young, new SlotStep(Step.PREPARE, List.of(7)), Reason.NOT_READY, "group-[3] has no master yet");
    }

    @Test
    void onlyOfflineSlotsAreAssignedWithoutAMove() {
        Refused.with(
                two,
                new AssignSlots(new TreeMap<>(Map.of(7, 2))),
                Reason.BUSY,
                "slot-[7] belongs to group-[1], move it instead");
        Refused.with(
                two.apply(new CreateMove(7, 2)),
                new AssignSlots(new TreeMap<>(Map.of(7, 1))),
                Reason.BUSY,
                "slot-[7] action already exists");

        var offline = two.apply(new OfflineSlots(List.of(7)));

        assertThat(offline.slot(7).group()).isZero();
        assertThat(offline.apply(new AssignSlots(new TreeMap<>(Map.of(7, 2))))
                        .slot(7)
                        .group())
                .isEqualTo(2);
    }

    private static Topology stepped(Topology topology, int slot, Step... steps) {
        Topology next = topology;
        for (Step step : steps) {
            next = next.apply(new SlotStep(step, List.of(slot)));
        }
        return next;
    }
}
