package io.codis.dashboard.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.slot.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyIndexTest {

    private static final long PLENTY = 1 << 20;

    @Test
    void keysOfWantedSlotsStayAndTheOthersGoOn() throws InterruptedException {
        var index = new KeyIndex(slots(0, 511), PLENTY);
        var passed = new ArrayList<String>();

        index.filledBy(scan(0, 1000)).run((_, keys, slotOf) -> {
            for (int i = 0; i < keys.size(); i++) {
                assertThat(slotOf[i]).isEqualTo(SlotHash.slotOf(keys.get(i))).isGreaterThan(511);
                passed.add(text(keys.get(i)));
            }
        });

        var taken = taken(index, slots(0, 511));
        assertThat(taken).allMatch(key -> SlotHash.slotOf(key.getBytes(StandardCharsets.UTF_8)) <= 511);
        assertThat(passed).hasSize(1000 - taken.size()).doesNotContainAnyElementsOf(taken);
        assertThat(index.size()).isZero();
        assertThat(taken(index, slots(0, 511))).as("taken once").isEmpty();
    }

    @Test
    void keysOfAnotherDatabaseAreHandedOverAsSuch() throws InterruptedException {
        var index = new KeyIndex(slots(0, 1023), PLENTY);
        index.filledBy(scan(0, 10)).run((_, _, _) -> {});
        index.filledBy(scan(3, 20)).run((_, _, _) -> {});
        var found = new TreeSet<String>();

        index.take(slots(0, 1023)).run((db, keys, _) -> keys.forEach(key -> found.add(db + " " + text(key))));

        assertThat(found).hasSize(30).contains("0 key-9", "3 key-19").doesNotContain("0 key-10");
    }

    @Test
    void theLastSlotsAreLeftOutWhenTheirNamesTakeTooMuch() throws InterruptedException {
        var index = new KeyIndex(slots(0, 1023), 10_000);

        index.filledBy(scan(0, 1000)).run((_, keys, _) -> assertThat(keys).isEmpty());

        int left = index.size();
        assertThat(left).isBetween(100, 900);
        assertThat(IntStream.range(0, left).allMatch(index::has))
                .as("none is left out in between")
                .isTrue();
        long complete = IntStream.range(0, 1000)
                .filter(i -> SlotHash.slotOf(("key-" + i).getBytes(StandardCharsets.UTF_8)) < left)
                .count();
        assertThat(taken(index, slots(0, left - 1))).hasSize((int) complete);
    }

    @Test
    void oneSlotIsNextHoweverMuchItHolds() throws InterruptedException {
        var index = new KeyIndex(slots(5, 7), Long.MAX_VALUE);
        int slot = 6;
        for (int i = 0; i < 9000; i++) {
            index.add(0, slot, new byte[0]);
        }

        index.add(0, 7, new byte[0]);
        assertThat(index.next(slots(6, 7))).containsExactly(6);
        assertThat(index.next(slots(5, 7))).containsExactly(5, 7);
        assertThat(index.next(slots(100, 200))).isEmpty();
    }

    private static Set<String> taken(KeyIndex index, TreeSet<Integer> slots) throws InterruptedException {
        var found = new TreeSet<String>();
        index.take(slots).run((_, keys, _) -> keys.forEach(key -> found.add(text(key))));
        return found;
    }

    private static Keys scan(int db, int count) {
        List<byte[]> keys = IntStream.range(0, count)
                .mapToObj(i -> ("key-" + i).getBytes(StandardCharsets.UTF_8))
                .toList();
        return sink ->
                sink.found(db, keys, keys.stream().mapToInt(SlotHash::slotOf).toArray());
    }

    private static TreeSet<Integer> slots(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
