package io.codis.dashboard.migration;

import io.codis.core.migration.SlotAction;
import io.codis.core.topology.Slot;
import io.codis.core.topology.Topology;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which slots of one source begin to move next, by the last look at both sides, and what is known of their keys. */
final class NextSlots {

    /**
     * A write to a key that has not moved yet waits for its move, so while clients are served few slots are on their way at
     * a time. Where names of keys are not known, fewer still would cost the source more passes over its keys than the moves
     * themselves.
     */
    private static final int AT_ONCE_WITH_CLIENTS = 32;

    /** So many share a pass over the source; a write to a key that has moved is a little slower until the last of them has. */
    private static final int INDEXED_WITH_CLIENTS = 128;

    /** Of the heap, for the names of all keys that are about to move. */
    private static final int HEAP_SHARE = 8;

    private static final Duration SIZES_HOLD = Duration.ofMinutes(1);

    private final int source;
    private final MoveTools tools;
    private final Leftovers leftovers;
    private final MoveProgress progress;

    /** Serves those that begin later too. */
    private Examination.@Nullable Result examined;

    /** None when keys are looked for when their slots move. */
    private @Nullable KeyIndex known;

    NextSlots(int source, MoveTools tools, Leftovers leftovers, MoveProgress progress) {
        this.source = source;
        this.tools = tools;
        this.leftovers = leftovers;
        this.progress = progress;
    }

    /**
     * Those of the batch that nothing speaks against: without clients all; else few at a time, so that few requests come upon
     * a key that has not moved yet.
     */
    SortedSet<Integer> choose(Topology topology, SlotBatch batch) throws InterruptedException {
        SortedSet<Integer> movable = examined(topology, batch);
        if (!tools.clients().getAsBoolean()) {
            known = null;
            return movable;
        }
        SortedSet<Integer> next = known == null ? new TreeSet<>() : known.next(movable);
        return next.isEmpty() ? limited(movable, AT_ONCE_WITH_CLIENTS) : next;
    }

    private SortedSet<Integer> examined(Topology topology, SlotBatch batch) throws InterruptedException {
        var examination = new Examination(tools, batch, leftovers);
        if (examined != null && examined.holdsFor(batch, examination::runId)) {
            var movable = batch.slots();
            movable.retainAll(examined.movable());
            if (!movable.isEmpty()) {
                return movable;
            }
        }
        KeyIndex names = index(topology, batch.slots());
        examined = examination.run(names);
        filled(names);
        tools.interruption().after("examined");
        progress.surveyed(examined.survey().keys());
        return examined.movable();
    }

    /** For the slots that wait, to be filled by a pass over the source that has another purpose too. */
    KeyIndex index(Topology topology) {
        return index(
                topology,
                topology.slots().stream()
                        .filter(s -> s.group() == source && s.action() instanceof SlotAction.Pending)
                        .map(Slot::id)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    private KeyIndex index(Topology topology, SortedSet<Integer> slots) {
        long sources = topology.slots().stream()
                .filter(s -> !s.idle())
                .map(Slot::group)
                .distinct()
                .count();
        long most = Runtime.getRuntime().maxMemory() / HEAP_SHARE / Math.max(1, sources);
        return new KeyIndex(limited(slots, tools.clients().getAsBoolean() ? INDEXED_WITH_CLIENTS : 0), most);
    }

    /** The pass has ended. For few of many slots it is not worth that they wait for one another. */
    void filled(KeyIndex names) {
        int useful = Math.min(names.wanted(), AT_ONCE_WITH_CLIENTS);
        known = useful > 0 && names.size() >= useful ? names : null;
    }

    /** What is known of the keys of these slots; given once. */
    Keys take(SortedSet<Integer> slots) {
        return known == null ? sink -> {} : known.take(slots);
    }

    /** Whether names of the slot's keys are known that were not taken yet. */
    boolean knows(int slot) {
        return known != null && known.has(slot);
    }

    /** Bytes of the largest key of slots that move, -1 when that is not known or from long ago. */
    long largest() {
        return examined != null && examined.youngerThan(SIZES_HOLD)
                ? examined.survey().largest()
                : -1;
    }

    /** Something went wrong that a key which has grown may have caused. */
    void distrust() {
        examined = null;
    }

    private static SortedSet<Integer> limited(SortedSet<Integer> slots, int most) {
        return slots.stream().limit(most).collect(Collectors.toCollection(TreeSet::new));
    }
}
