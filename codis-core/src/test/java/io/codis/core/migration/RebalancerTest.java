package io.codis.core.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.Seeded;
import io.codis.core.problem.CodisException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RebalancerTest {

    private static final int SLOTS = 1024;

    @Test
    void anEmptyClusterIsSharedOutInRuns() {
        var plan = Rebalancer.plan(slots(s -> 0), groups(1, 2));

        assertThat(plan).isEqualTo(runs(run(0, 511, 1), run(512, 1023, 2)));
    }

    @Test
    void theHighestSlotsGoToANewGroup() {
        var plan = Rebalancer.plan(slots(s -> 1), groups(1, 2));

        assertThat(plan).isEqualTo(runs(run(512, 1023, 2)));
    }

    /** 1024 over 3 is 342, 341, 341: one slot above the lower bound stays where it is. */
    @Test
    void unevenSharesStopAtADifferenceOfOne() {
        var plan = Rebalancer.plan(slots(s -> 1), groups(1, 2, 3));

        assertThat(plan).isEqualTo(runs(run(342, 682, 2), run(683, 1023, 3)));
    }

    @Test
    void movesUnderWayCountForTheirTarget() {
        var slots = IntStream.range(0, SLOTS)
                .mapToObj(s -> new SlotView(s, 1, s < 100 ? 2 : 0))
                .toList();

        assertThat(Rebalancer.plan(slots, groups(1, 2))).isEqualTo(runs(run(612, 1023, 2)));
    }

    @Test
    void offlineSlotsFillTheSmallestGroupBeforeOwnedOnesMove() {
        var plan = Rebalancer.plan(slots(s -> s < 600 ? 1 : s < 700 ? 2 : 0), groups(1, 2));

        assertThat(plan).isEqualTo(runs(run(512, 599, 2), run(700, 1023, 2)));
    }

    /** The bounds are those of all 1024 slots, so group 1 gives up only what is above 512. */
    @Test
    void slotsOfAGroupWithoutServersStay() {
        var plan = Rebalancer.plan(slots(s -> s < 600 ? 1 : 7), groups(1, 2));

        assertThat(plan).isEqualTo(runs(run(512, 599, 2)));
    }

    @Test
    void withoutAGroupThereIsNoPlan() {
        assertThatThrownBy(() -> Rebalancer.plan(slots(s -> 0), groups()))
                .isInstanceOf(CodisException.class)
                .hasMessage("no valid group could be found");
    }

    @Test
    void afterThePlanEveryGroupHasItsShareAndNoMoveWasSpare() {
        Seeded.times(300, random -> {
            var groups = someGroups(random);
            var owners = new ArrayList<>(groups);
            var slots = slots(s -> owners.get((int) (owners.size() * Math.pow(random.nextDouble(), 3))));

            var plan = Rebalancer.plan(slots, groups);

            var sizes = sizes(applied(slots, plan), groups);
            assertThat(sizes.values()).allMatch(n -> n >= SLOTS / groups.size() && n <= ceil(groups.size()));
            assertThat(plan).hasSize(leastMoves(sizes(slots, groups)));
        });
    }

    @Test
    void offlineSlotsAllFindAGroupAndActingSlotsAreLeftAlone() {
        Seeded.times(300, random -> {
            var groups = someGroups(random);
            var owners = new ArrayList<>(groups);
            owners.add(0);
            var slots = IntStream.range(0, SLOTS)
                    .mapToObj(s -> {
                        int owner = owners.get(random.nextInt(owners.size()));
                        int target = random.nextInt(10) == 0 ? groups.first() : 0;
                        return new SlotView(s, owner, target == owner ? 0 : target);
                    })
                    .toList();

            var plan = Rebalancer.plan(slots, groups);

            assertThat(plan.keySet()).allMatch(s -> slots.get(s).idle());
            assertThat(plan)
                    .allSatisfy(
                            (s, g) -> assertThat(g).isNotEqualTo(slots.get(s).group()));
            assertThat(slots).allMatch(s -> !s.idle() || s.group() != 0 || plan.containsKey(s.id()));
            assertThat(Rebalancer.plan(slots, groups)).isEqualTo(plan);
        });
    }

    @Test
    void aPlanThatWasCarriedOutLeavesNothingToDo() {
        Seeded.times(100, random -> {
            var groups = someGroups(random);
            var slots = slots(s -> random.nextInt(3) == 0 ? 0 : groups.first());

            var after = applied(slots, Rebalancer.plan(slots, groups));

            assertThat(Rebalancer.plan(after, groups)).isEmpty();
        });
    }

    @Test
    void drainingEmptiesTheLeavingGroupsEvenlyAndMovesNothingElse() {
        Seeded.times(300, random -> {
            var all = someGroups(random);
            var slots = applied(slots(s -> 0), Rebalancer.plan(slots(s -> 0), all));
            var leaving = new TreeSet<>(all.headSet(all.last()));
            leaving.removeIf(g -> random.nextBoolean());
            var staying = new TreeSet<>(all);
            staying.removeAll(leaving);

            var plan = Rebalancer.drain(slots, staying, leaving);

            var sizes = sizes(applied(slots, plan), staying);
            assertThat(plan.keySet())
                    .allMatch(s -> leaving.contains(slots.get(s).group()));
            assertThat(sizes.values().stream().mapToInt(n -> n).sum()).isEqualTo(SLOTS);
            assertThat(sizes.values()).allMatch(n -> n >= SLOTS / staying.size() && n <= ceil(staying.size()));
        });
    }

    private static int ceil(int groups) {
        return (SLOTS + groups - 1) / groups;
    }

    /** The largest groups keep one above the lower bound, as far as the remainder goes. */
    private static int leastMoves(Map<Integer, Integer> sizes) {
        int lower = SLOTS / sizes.size();
        int remainder = SLOTS % sizes.size();
        var descending = sizes.values().stream().sorted((a, b) -> b - a).toList();
        int moves = 0;
        for (int i = 0; i < descending.size(); i++) {
            moves += Math.max(0, descending.get(i) - lower - (i < remainder ? 1 : 0));
        }
        return moves;
    }

    private static Map<Integer, Integer> sizes(List<SlotView> slots, SortedSet<Integer> groups) {
        var sizes = new HashMap<Integer, Integer>();
        groups.forEach(g -> sizes.put(g, 0));
        slots.forEach(s -> sizes.computeIfPresent(s.group(), (g, n) -> n + 1));
        return sizes;
    }

    private static List<SlotView> applied(List<SlotView> slots, SortedMap<Integer, Integer> plan) {
        return slots.stream()
                .map(s -> new SlotView(s.id(), plan.getOrDefault(s.id(), s.group()), s.target()))
                .toList();
    }

    private static SortedSet<Integer> someGroups(Random random) {
        var groups = new TreeSet<Integer>();
        int count = 1 + random.nextInt(20);
        while (groups.size() < count) {
            groups.add(1 + random.nextInt(9999));
        }
        return groups;
    }

    private static List<SlotView> slots(java.util.function.IntUnaryOperator owner) {
        return IntStream.range(0, SLOTS)
                .mapToObj(s -> new SlotView(s, owner.applyAsInt(s), 0))
                .toList();
    }

    private static SortedSet<Integer> groups(Integer... ids) {
        return new TreeSet<>(List.of(ids));
    }

    private static int[] run(int from, int to, int group) {
        return new int[] {from, to, group};
    }

    private static SortedMap<Integer, Integer> runs(int[]... runs) {
        var plan = new TreeMap<Integer, Integer>();
        for (int[] run : runs) {
            IntStream.rangeClosed(run[0], run[1]).forEach(s -> plan.put(s, run[2]));
        }
        return plan;
    }
}
