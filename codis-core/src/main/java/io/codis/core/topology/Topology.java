package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.Rebalancer;
import io.codis.core.migration.SlotView;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The whole cluster at one version. Immutable; changed only by {@link #apply}.
 *
 * @param product name of the cluster
 * @param clusterId made once at creation; servers of another cluster are refused by it
 * @param version raised by one with every change
 * @param epoch the one counter of leaders and masters
 * @param leaderEpoch of the dashboard that leads, 0 before the first
 * @param groups by id
 * @param slots all 1024, by id
 * @param proxies by token
 */
public record Topology(
        String product,
        String clusterId,
        long version,
        long epoch,
        long leaderEpoch,
        SortedMap<Integer, Group> groups,
        List<Slot> slots,
        SortedMap<String, ProxyEntry> proxies,
        Sentinels sentinels) {

    public Topology {
        groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
        slots = List.copyOf(slots);
        proxies = Collections.unmodifiableSortedMap(new TreeMap<>(proxies));
        if (slots.size() != SlotHash.SLOTS) {
            throw new IllegalArgumentException("slots: " + slots.size());
        }
    }

    /** A cluster without groups, every slot offline, at version 0. */
    public static Topology empty(String product, String clusterId) {
        var slots = IntStream.range(0, SlotHash.SLOTS).mapToObj(Slot::offline).toList();
        return new Topology(product, clusterId, 0, 0, 0, new TreeMap<>(), slots, new TreeMap<>(), Sentinels.NONE);
    }

    /**
     * The next topology, its version one higher.
     *
     * @throws io.codis.core.problem.CodisException when the command is not legal here
     */
    public Topology apply(TopologyCommand command) {
        Topology next = command.changed(this);
        return new Topology(
                product,
                clusterId,
                version + 1,
                next.epoch,
                next.leaderEpoch,
                next.groups,
                next.slots,
                next.proxies,
                next.sentinels);
    }

    /** The version that a command applied to this topology leads to. */
    long nextVersion() {
        return version + 1;
    }

    public Slot slot(int id) {
        return slots.get(id);
    }

    /** The group, or a refusal in the words of Codis. */
    public Group group(int id) {
        Group group = groups.get(id);
        if (group == null) {
            throw refuse(Reason.NOT_FOUND, "group-[%d] doesn't exist", id);
        }
        return group;
    }

    /** The group, refused while its master changes. */
    Group quietGroup(int id) {
        Group group = group(id);
        if (!(group.promotion() instanceof Promotion.None)) {
            throw refuse(Reason.BUSY, "group-[%d] is promoting", id);
        }
        return group;
    }

    /** The group that has the server, if any. */
    public Optional<Group> groupOf(String address) {
        return groups.values().stream().filter(g -> g.indexOf(address) >= 0).findFirst();
    }

    /** The proxy, or a refusal in the words of Codis. */
    public ProxyEntry proxy(String token) {
        ProxyEntry proxy = proxies.get(token);
        if (proxy == null) {
            throw refuse(Reason.NOT_FOUND, "proxy-[%s] doesn't exist", token);
        }
        return proxy;
    }

    /** The proxies that a barrier waits for. */
    public List<ProxyEntry> admittedProxies() {
        return proxies.values().stream().filter(ProxyEntry::admitted).toList();
    }

    /** Slots whose owner, source or target is the group. */
    public Stream<Slot> slotsOf(int group) {
        return slots.stream().filter(s -> s.concerns(group));
    }

    /** The moves that even out all groups that have servers; nothing is stored. */
    public SortedMap<Integer, Integer> rebalancePlan() {
        return Rebalancer.plan(slotViews(), populated());
    }

    /** The moves that empty these groups onto the others; nothing is stored. */
    public SortedMap<Integer, Integer> drainPlan(Set<Integer> leaving) {
        var staying = populated();
        staying.removeAll(leaving);
        return Rebalancer.drain(slotViews(), staying, new TreeSet<>(leaving));
    }

    private List<SlotView> slotViews() {
        return slots.stream().map(Slot::view).toList();
    }

    private TreeSet<Integer> populated() {
        return groups.values().stream()
                .filter(g -> !g.members().isEmpty())
                .map(Group::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The greatest index of an acting slot, 0 without any. */
    public int lastActionIndex() {
        return slots.stream().mapToInt(s -> s.action().index()).max().orElse(0);
    }

    Topology withEpoch(long next) {
        return new Topology(product, clusterId, version, next, leaderEpoch, groups, slots, proxies, sentinels);
    }

    Topology withLeaderEpoch(long next) {
        return new Topology(product, clusterId, version, epoch, next, groups, slots, proxies, sentinels);
    }

    Topology withSentinels(Sentinels next) {
        return new Topology(product, clusterId, version, epoch, leaderEpoch, groups, slots, proxies, next);
    }

    Topology withGroup(Group group) {
        var next = new TreeMap<>(groups);
        next.put(group.id(), group);
        return new Topology(product, clusterId, version, epoch, leaderEpoch, next, slots, proxies, sentinels);
    }

    Topology withoutGroup(int id) {
        var next = new TreeMap<>(groups);
        next.remove(id);
        return new Topology(product, clusterId, version, epoch, leaderEpoch, next, slots, proxies, sentinels);
    }

    Topology withProxy(ProxyEntry proxy) {
        var next = new TreeMap<>(proxies);
        next.put(proxy.token(), proxy);
        return new Topology(product, clusterId, version, epoch, leaderEpoch, groups, slots, next, sentinels);
    }

    Topology withoutProxy(String token) {
        var next = new TreeMap<>(proxies);
        next.remove(token);
        return new Topology(product, clusterId, version, epoch, leaderEpoch, groups, slots, next, sentinels);
    }

    Topology withSlots(Collection<Slot> changed) {
        var next = new ArrayList<>(slots);
        changed.forEach(slot -> next.set(slot.id(), slot));
        return new Topology(product, clusterId, version, epoch, leaderEpoch, groups, next, proxies, sentinels);
    }
}
