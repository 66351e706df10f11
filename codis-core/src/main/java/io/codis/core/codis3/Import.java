package io.codis.core.codis3;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.Admission;
import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Sentinels;
import io.codis.core.topology.Slot;
import io.codis.core.topology.SyncAction;
import io.codis.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a Codis 3.2 cluster, read once.
 *
 * <p>Groups with servers count as initialized, since they may hold data, and none of their replicas as a candidate, since
 * nobody has waited for them. A promotion that a dashboard left behind is dropped: until its last step the old master
 * leads the list, and at it the new one does. A slot left in {@code preparing} goes back to pending, since no proxy
 * had left the source; {@code prepared} and later go on.
 */
public final class Import {

    private Import() {}

    /**
     * The topology at version 1.
     *
     * @throws CodisException {@link Reason#INVALID_ARGUMENT} for nodes that contradict each other, with the node's name
     */
    public static Topology topology(
            String product,
            String clusterId,
            List<SlotMapping> slots,
            List<GroupNode> groups,
            List<ProxyNode> proxies,
            @Nullable SentinelNode sentinel) {
        var byId = new TreeMap<Integer, Group>();
        groups.forEach(g -> byId.put(g.id(), group(g)));
        var all = new ArrayList<>(Topology.empty(product, clusterId).slots());
        for (SlotMapping mapping : slots) {
            if (mapping.id() < 0 || mapping.id() >= SlotHash.SLOTS) {
                throw invalid("slot-%04d: no such slot", mapping.id());
            }
            all.set(mapping.id(), slot(mapping, byId));
        }
        var byToken = new TreeMap<String, ProxyEntry>();
        proxies.forEach(p -> byToken.put(p.token(), new ProxyEntry(p.id(), p.model(), Admission.JOINING)));
        return new Topology(product, clusterId, 1, 0, 0, byId, all, byToken, sentinels(sentinel));
    }

    private static Group group(GroupNode node) {
        if (node.id() < 1 || node.id() > Group.MAX_ID) {
            throw invalid("group-%04d: id out of range", node.id());
        }
        var members = list(node.servers()).stream().map(Import::member).toList();
        return new Group(
                node.id(), members, 0, Promotion.NONE, 1, node.outOfSync(), !members.isEmpty(), new TreeSet<>());
    }

    private static Member member(GroupNode.Server s) {
        String datacenter = Objects.requireNonNullElse(s.datacenter(), "");
        return new Member(s.server(), datacenter, s.replicaGroup(), Candidacy.OUT, sync(s.action()), false);
    }

    private static SyncAction sync(GroupNode.@Nullable Action action) {
        if (action == null || action.state() == null || action.state().isEmpty()) {
            return SyncAction.NONE;
        }
        for (var state : SyncAction.State.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(action.state())) {
                return new SyncAction(action.index(), state);
            }
        }
        throw invalid("server action state \"%s\"", action.state());
    }

    private static Slot slot(SlotMapping mapping, TreeMap<Integer, Group> groups) {
        SlotAction action = action(mapping);
        for (int group : List.of(mapping.groupId(), action.target())) {
            if (group != 0 && !groups.containsKey(group)) {
                throw invalid("slot-%04d: group-[%d] doesn't exist", mapping.id(), group);
            }
        }
        if (!(action instanceof SlotAction.Idle) && action.target() == 0) {
            throw invalid("slot-%04d: an action without target_id", mapping.id());
        }
        return new Slot(mapping.id(), mapping.groupId(), action);
    }

    private static SlotAction action(SlotMapping mapping) {
        var action = mapping.action();
        if (action == null || action.state() == null || action.state().isEmpty()) {
            return SlotAction.IDLE;
        }
        int index = action.index();
        int target = action.targetId();
        return switch (action.state()) {
            case "pending", "preparing" -> new SlotAction.Pending(index, target);
            case "prepared" -> new SlotAction.Prepared(index, target);
            case "migrating" -> new SlotAction.Migrating(index, target);
            case "finished" -> new SlotAction.Finished(index, target);
            default -> throw invalid("slot-%04d: action state \"%s\"", mapping.id(), action.state());
        };
    }

    private static Sentinels sentinels(@Nullable SentinelNode node) {
        return node == null ? Sentinels.NONE : new Sentinels(list(node.servers()), node.outOfSync());
    }

    private static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static CodisException invalid(String format, Object... arguments) {
        return new CodisException(Reason.INVALID_ARGUMENT, String.format(Locale.ROOT, format, arguments));
    }
}
