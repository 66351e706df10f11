package io.codis.dashboard.migration;

import io.codis.core.migration.SlotAction;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.Routes;
import io.codis.core.topology.Slot;
import io.codis.core.topology.Topology;
import io.codis.core.wire.Credentials;
import io.codis.infra.secret.ClusterSecret;
import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Slots of one source group that move together, each to its own target.
 *
 * @param source group id, 0 for slots that nobody owned
 * @param sourceServer its master, empty for source 0
 * @param targets group id by slot, 0 for a slot that is not of this batch; an array, since every key found is looked up
 * @param targetServers group id to master
 * @param login with which MIGRATE enters the targets
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record SlotBatch(
        int source, String sourceServer, int[] targets, Map<Integer, String> targetServers, Credentials login) {

    static SlotBatch of(Topology topology, int source, Collection<Slot> slots, ClusterSecret secret) {
        int[] targets = new int[SlotHash.SLOTS];
        var servers = new TreeMap<Integer, String>();
        for (Slot slot : slots) {
            int target = slot.action().target();
            targets[slot.id()] = target;
            servers.put(target, master(topology.group(target)));
        }
        String user = source == 0 ? "" : Routes.moveUser(topology.group(source));
        String server = source == 0 ? "" : master(topology.group(source));
        return new SlotBatch(source, server, targets, servers, new Credentials(user, secret.derive(user)));
    }

    boolean has(int slot) {
        return targets[slot] != 0;
    }

    int target(int slot) {
        return targets[slot];
    }

    SortedSet<Integer> slots() {
        return IntStream.range(0, targets.length)
                .filter(this::has)
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The masters that a proxy with an older route could write to. */
    SortedSet<String> masters() {
        var masters = new TreeSet<>(targetServers.values());
        if (source != 0) {
            masters.add(sourceServer);
        }
        return masters;
    }

    /** Source and targets. */
    SortedSet<Integer> groups() {
        var groups = new TreeSet<>(targetServers.keySet());
        if (source != 0) {
            groups.add(source);
        }
        return groups;
    }

    String targetServer(int group) {
        String server = targetServers.get(group);
        if (server == null) {
            throw new IllegalArgumentException("no target: group " + group);
        }
        return server;
    }

    /** Keys of the slot may be on both sides, or are about to be. */
    static boolean split(SlotAction action) {
        return switch (action) {
            case SlotAction.Idle ignored -> false;
            case SlotAction.Pending ignored -> false;
            case SlotAction.Preparing ignored -> false;
            case SlotAction.Swapping ignored -> true;
            case SlotAction.Prepared ignored -> true;
            case SlotAction.Migrating ignored -> true;
            case SlotAction.Finished ignored -> false;
        };
    }

    /** A move into the group has begun: proxies may be told already. */
    static boolean under(SlotAction action, int group) {
        return action.target() == group && !(action instanceof SlotAction.Pending);
    }

    private static String master(Group group) {
        return group.master().map(Member::address).orElse("");
    }
}
