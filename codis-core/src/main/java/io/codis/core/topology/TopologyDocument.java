package io.codis.core.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A topology as it is stored: plain records for a JSON mapper, slots as ranges, without secrets.
 *
 * @param format of this document; a program refuses one that it does not know
 */
public record TopologyDocument(
        int format,
        String product,
        String clusterId,
        long version,
        long epoch,
        long leaderEpoch,
        List<GroupDocument> groups,
        List<SlotRange> slots,
        List<ProxyDocument> proxies,
        Sentinels sentinels) {

    /** The format that this program writes. */
    public static final int FORMAT = 1;

    /** @param promotion null unless the master changes */
    public record GroupDocument(
            int id,
            List<Member> members,
            long epoch,
            @Nullable PromotionDocument promotion,
            long moveGeneration,
            boolean outOfSync,
            boolean initialized,
            @Nullable List<Span> away) {}

    /** Slots {@code from} to {@code to}. */
    public record Span(int from, int to) {}

    /**
     * @param kind null when finished
     * @param run of the engine, when prepared
     */
    public record PromotionDocument(
            State state,
            Promotion.@Nullable Kind kind,
            String member,
            @Nullable String run,
            long epoch) {

        /** Names of {@link Promotion}'s states. */
        public enum State {
            PREPARING,
            PREPARED,
            FINISHED
        }
    }

    /**
     * Slots {@code from} to {@code to} with the same owner and the same step of the same move. The n-th slot of the range has
     * action index {@code index + n}, as a range of moves is numbered when it is asked for.
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record SlotRange(
            @JsonInclude int from,
            @JsonInclude int to,
            int group,
            @Nullable State state,
            int index,
            int target) {

        /** Names of {@link SlotAction}'s states, without idle. */
        public enum State {
            PENDING,
            PREPARING,
            SWAPPING,
            PREPARED,
            MIGRATING,
            FINISHED
        }
    }

    /** @param generation 0 while joining */
    public record ProxyDocument(int id, ProxyModel model, State state, long generation) {

        /** Names of {@link Admission}'s states. */
        public enum State {
            JOINING,
            ADMITTED,
            EVICTED
        }
    }

    public static TopologyDocument of(Topology topology) {
        return new TopologyDocument(
                FORMAT,
                topology.product(),
                topology.clusterId(),
                topology.version(),
                topology.epoch(),
                topology.leaderEpoch(),
                topology.groups().values().stream().map(TopologyDocument::group).toList(),
                ranges(topology.slots()),
                topology.proxies().values().stream()
                        .map(TopologyDocument::proxy)
                        .toList(),
                topology.sentinels());
    }

    /**
     * The topology that this document stands for.
     *
     * @throws io.codis.core.problem.CodisException for another format, or slots outside 0 to 1023
     */
    public Topology toTopology() {
        if (format != FORMAT) {
            throw Refusal.refuse(Reason.INVALID_ARGUMENT, "cluster: format %d is not %d", format, FORMAT);
        }
        var byId = new TreeMap<Integer, Group>();
        groups.forEach(g -> byId.put(g.id(), group(g)));
        var byToken = new TreeMap<String, ProxyEntry>();
        proxies.forEach(p -> byToken.put(p.model().token(), proxy(p)));
        return new Topology(product, clusterId, version, epoch, leaderEpoch, byId, slots(slots), byToken, sentinels);
    }

    private static GroupDocument group(Group g) {
        return new GroupDocument(
                g.id(),
                g.members(),
                g.epoch(),
                promotion(g.promotion()),
                g.moveGeneration(),
                g.outOfSync(),
                g.initialized(),
                spans(g.away()));
    }

    private static Group group(GroupDocument g) {
        return new Group(
                g.id(),
                g.members(),
                g.epoch(),
                promotion(g.promotion()),
                g.moveGeneration(),
                g.outOfSync(),
                g.initialized(),
                slotsIn(g.away()));
    }

    private static List<Span> spans(SortedSet<Integer> slots) {
        var spans = new ArrayList<Span>();
        for (int slot : slots) {
            if (!spans.isEmpty() && spans.getLast().to() + 1 == slot) {
                spans.set(spans.size() - 1, new Span(spans.getLast().from(), slot));
            } else {
                spans.add(new Span(slot, slot));
            }
        }
        return List.copyOf(spans);
    }

    /** Absent in documents of before. */
    private static SortedSet<Integer> slotsIn(@Nullable List<Span> spans) {
        var slots = new TreeSet<Integer>();
        if (spans != null) {
            spans.forEach(span -> IntStream.rangeClosed(span.from(), span.to()).forEach(slots::add));
        }
        return slots;
    }

    private static @Nullable PromotionDocument promotion(Promotion promotion) {
        return switch (promotion) {
            case Promotion.None ignored -> null;
            case Promotion.Preparing p ->
                new PromotionDocument(PromotionDocument.State.PREPARING, p.kind(), p.member(), null, p.epoch());
            case Promotion.Prepared p ->
                new PromotionDocument(PromotionDocument.State.PREPARED, p.kind(), p.member(), p.run(), p.epoch());
            case Promotion.Finished p ->
                new PromotionDocument(PromotionDocument.State.FINISHED, null, p.member(), null, p.epoch());
        };
    }

    private static Promotion promotion(@Nullable PromotionDocument p) {
        if (p == null) {
            return Promotion.NONE;
        }
        // a document without a kind can only have been finished; anything else was not written by this program
        Promotion.Kind kind = p.kind() == null ? Promotion.Kind.FAILOVER : p.kind();
        return switch (p.state()) {
            case PREPARING -> new Promotion.Preparing(kind, p.member(), p.epoch());
            case PREPARED -> new Promotion.Prepared(kind, p.member(), p.run() == null ? "" : p.run(), p.epoch());
            case FINISHED -> new Promotion.Finished(p.member(), p.epoch());
        };
    }

    private static ProxyDocument proxy(ProxyEntry p) {
        return switch (p.admission()) {
            case Admission.Joining ignored -> new ProxyDocument(p.id(), p.model(), ProxyDocument.State.JOINING, 0);
            case Admission.Admitted a ->
                new ProxyDocument(p.id(), p.model(), ProxyDocument.State.ADMITTED, a.generation());
            case Admission.Evicted a ->
                new ProxyDocument(p.id(), p.model(), ProxyDocument.State.EVICTED, a.generation());
        };
    }

    private static ProxyEntry proxy(ProxyDocument p) {
        Admission admission = switch (p.state()) {
            case JOINING -> Admission.JOINING;
            case ADMITTED -> new Admission.Admitted(p.generation());
            case EVICTED -> new Admission.Evicted(p.generation());
        };
        return new ProxyEntry(p.id(), p.model(), admission);
    }

    private static List<SlotRange> ranges(List<Slot> slots) {
        var ranges = new ArrayList<SlotRange>();
        for (Slot slot : slots) {
            SlotRange next = range(slot);
            SlotRange last = ranges.isEmpty() ? null : ranges.getLast();
            if (last != null && continues(last, next)) {
                ranges.set(
                        ranges.size() - 1,
                        new SlotRange(last.from(), next.to(), last.group(), last.state(), last.index(), last.target()));
            } else {
                ranges.add(next);
            }
        }
        return List.copyOf(ranges);
    }

    private static boolean continues(SlotRange last, SlotRange next) {
        int distance = next.from() - last.from();
        return last.to() + 1 == next.from()
                && last.group() == next.group()
                && last.state() == next.state()
                && last.target() == next.target()
                && next.index() == (last.state() == null ? 0 : last.index() + distance);
    }

    private static SlotRange range(Slot slot) {
        SlotAction action = slot.action();
        SlotRange.@Nullable State state = switch (action) {
            case SlotAction.Idle ignored -> null;
            case SlotAction.Pending ignored -> SlotRange.State.PENDING;
            case SlotAction.Preparing ignored -> SlotRange.State.PREPARING;
            case SlotAction.Swapping ignored -> SlotRange.State.SWAPPING;
            case SlotAction.Prepared ignored -> SlotRange.State.PREPARED;
            case SlotAction.Migrating ignored -> SlotRange.State.MIGRATING;
            case SlotAction.Finished ignored -> SlotRange.State.FINISHED;
        };
        return new SlotRange(slot.id(), slot.id(), slot.group(), state, action.index(), action.target());
    }

    private static List<Slot> slots(List<SlotRange> ranges) {
        var slots = new ArrayList<>(Topology.empty("", "").slots());
        for (SlotRange range : ranges) {
            if (range.from() < 0 || range.from() > range.to() || range.to() >= SlotHash.SLOTS) {
                throw Refusal.refuse(Reason.INVALID_ARGUMENT, "cluster: slots %d-%d", range.from(), range.to());
            }
            for (int id = range.from(); id <= range.to(); id++) {
                slots.set(id, new Slot(id, range.group(), action(range, range.index() + id - range.from())));
            }
        }
        return slots;
    }

    private static SlotAction action(SlotRange range, int index) {
        if (range.state() == null) {
            return SlotAction.IDLE;
        }
        return switch (range.state()) {
            case PENDING -> new SlotAction.Pending(index, range.target());
            case PREPARING -> new SlotAction.Preparing(index, range.target());
            case SWAPPING -> new SlotAction.Swapping(index, range.target());
            case PREPARED -> new SlotAction.Prepared(index, range.target());
            case MIGRATING -> new SlotAction.Migrating(index, range.target());
            case FINISHED -> new SlotAction.Finished(index, range.target());
        };
    }
}
