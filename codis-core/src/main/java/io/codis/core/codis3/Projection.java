package io.codis.core.codis3;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Routes;
import io.codis.core.topology.Sentinels;
import io.codis.core.topology.Slot;
import io.codis.core.topology.SyncAction;
import io.codis.core.topology.Topology;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.RouteTable.GroupRoute;
import io.codis.core.wire.RouteTable.SlotRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A topology in the words of Codis 3.2, for the nodes of the coordinator and for its API. */
public final class Projection {

    private Projection() {}

    public static SlotMapping of(Slot slot) {
        SlotAction action = slot.action();
        return new SlotMapping(
                slot.id(), slot.group(), new SlotMapping.Action(action.index(), state(action), action.target()));
    }

    /** In the order of the stored list. */
    public static GroupNode of(Group group) {
        return new GroupNode(
                group.id(),
                group.members().stream().map(Projection::server).toList(),
                promoting(group),
                group.outOfSync());
    }

    public static ProxyNode of(ProxyEntry proxy) {
        return ProxyNode.of(proxy.id(), proxy.model());
    }

    public static SentinelNode of(Sentinels sentinels) {
        return new SentinelNode(sentinels.servers(), sentinels.outOfSync());
    }

    /** All 1024 slots as a proxy without datacenter has them routed. */
    public static List<SlotRouting> routings(Topology topology) {
        RouteTable table = Routes.of(topology);
        Map<Integer, GroupRoute> groups =
                table.groups().stream().collect(Collectors.toMap(GroupRoute::id, Function.identity()));
        var routings = new ArrayList<SlotRouting>();
        topology.slots().forEach(slot -> routings.add(SlotRouting.offline(slot.id())));
        for (SlotRoute range : table.slots()) {
            for (int id = range.from(); id <= range.to(); id++) {
                routings.set(id, routing(id, range, groups));
            }
        }
        return List.copyOf(routings);
    }

    private static SlotRouting routing(int id, SlotRoute range, Map<Integer, GroupRoute> groups) {
        GroupRoute owner = groups.get(range.group());
        GroupRoute source = groups.get(range.source());
        if (owner == null) {
            return SlotRouting.offline(id);
        }
        boolean replicas =
                source == null && !range.locked() && !owner.replicas().isEmpty();
        return new SlotRouting(
                id,
                range.locked(),
                owner.master(),
                owner.id(),
                source == null ? null : source.master(),
                source == null ? 0 : source.id(),
                source == null ? 0 : SlotRouting.SEMI_ASYNC,
                replicas ? List.of(owner.replicas()) : null);
    }

    /**
     * A move that was turned round shows as prepared: a dashboard of Codis that takes over from there goes on with it,
     * where it would put a preparing slot back to its owner alone.
     */
    private static @Nullable String state(SlotAction action) {
        return switch (action) {
            case SlotAction.Idle ignored -> null;
            case SlotAction.Pending ignored -> "pending";
            case SlotAction.Preparing ignored -> "preparing";
            case SlotAction.Swapping ignored -> "prepared";
            case SlotAction.Prepared ignored -> "prepared";
            case SlotAction.Migrating ignored -> "migrating";
            case SlotAction.Finished ignored -> "finished";
        };
    }

    private static GroupNode.Server server(Member member) {
        return new GroupNode.Server(
                member.address(), member.datacenter(), action(member.sync()), member.replicaGroup());
    }

    private static GroupNode.Action action(SyncAction sync) {
        boolean none = sync.state() == SyncAction.State.NONE;
        return new GroupNode.Action(
                sync.index(), none ? null : sync.state().name().toLowerCase(Locale.ROOT));
    }

    private static GroupNode.Promoting promoting(Group group) {
        return switch (group.promotion()) {
            case Promotion.None ignored -> new GroupNode.Promoting(0, null);
            case Promotion.Preparing p -> new GroupNode.Promoting(group.indexOf(p.member()), "preparing");
            case Promotion.Prepared p -> new GroupNode.Promoting(group.indexOf(p.member()), "prepared");
            case Promotion.Finished ignored -> new GroupNode.Promoting(0, "finished");
        };
    }
}
