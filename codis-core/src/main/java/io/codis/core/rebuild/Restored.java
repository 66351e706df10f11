package io.codis.core.rebuild;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.topology.Admission;
import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Slot;
import io.codis.core.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** A map that servers were told once, made into a topology that can be led on. */
final class Restored {

    /**
     * Versions and epochs that nobody alive may have heard of lie in between: logins carry versions as their numbers, and
     * none is ever used twice.
     */
    private static final long VERSIONS_SKIPPED = 1_000_000;

    private static final long EPOCHS_SKIPPED = 1000;

    private final Topology map;
    private final Function<Group, Optional<Survivor>> masters;

    Restored(Topology map, Function<Group, Optional<Survivor>> masters) {
        this.map = map;
        this.masters = masters;
    }

    Topology topology(long highestEpoch, Topology present) {
        long version = Math.max(map.version(), present.version()) + VERSIONS_SKIPPED;
        long epoch = Math.max(highestEpoch, present.epoch()) + EPOCHS_SKIPPED;
        var groups = new TreeMap<Integer, Group>();
        map.groups().forEach((gid, group) -> groups.put(gid, group(group, version)));
        var slots = map.slots().stream().map(Restored::slot).toList();
        return new Topology(
                map.product(),
                map.clusterId(),
                version,
                epoch,
                epoch,
                groups,
                slots,
                proxies(present),
                map.sentinels());
    }

    /** The master is who was ordered to be last; the role loops prove anew who has the newest data. */
    private Group group(Group group, long version) {
        Optional<Survivor> master = masters.apply(group);
        var members = new ArrayList<Member>();
        master.flatMap(m -> group.member(m.member())).ifPresent(members::add);
        group.members().stream().filter(m -> !members.contains(m)).forEach(members::add);
        return new Group(
                group.id(),
                candidates(members),
                master.map(Survivor::epoch).orElse(group.epoch()),
                Promotion.NONE,
                version,
                group.outOfSync(),
                group.initialized() || master.isPresent(),
                group.away());
    }

    /** Whoever was awaited only has not caught up yet, and who was made master is not fenced any more. */
    private static List<Member> candidates(List<Member> members) {
        return members.stream()
                .map(m -> new Member(
                        m.address(),
                        m.datacenter(),
                        m.replicaGroup(),
                        m.candidacy() == Candidacy.AWAITED || m.equals(members.getFirst())
                                ? Candidacy.OUT
                                : m.candidacy(),
                        m.sync(),
                        m.fenced() && !m.equals(members.getFirst())))
                .toList();
    }

    /**
     * From {@code preparing} on keys may lie on both sides, since a move goes on when its servers have been told of that
     * state. So the move is restored, behind a barrier of its own, and not an owner (safety rule 5).
     */
    private static Slot slot(Slot slot) {
        int index = slot.action().index();
        int target = slot.action().target();
        SlotAction action = switch (slot.action()) {
            case SlotAction.Idle idle -> idle;
            case SlotAction.Pending pending -> pending;
            case SlotAction.Preparing ignored -> new SlotAction.Swapping(index, target);
            case SlotAction.Swapping swapping -> swapping;
            case SlotAction.Prepared ignored -> new SlotAction.Swapping(index, target);
            case SlotAction.Migrating ignored -> new SlotAction.Swapping(index, target);
            case SlotAction.Finished finished -> finished;
        };
        return new Slot(slot.id(), slot.group(), action);
    }

    /** Whoever was known or has registered since joins anew; numbers of logins are not given twice. */
    private TreeMap<String, ProxyEntry> proxies(Topology present) {
        var proxies = new TreeMap<String, ProxyEntry>();
        map.proxies().forEach((token, p) -> proxies.put(token, new ProxyEntry(p.id(), p.model(), Admission.JOINING)));
        int last = proxies.values().stream().mapToInt(ProxyEntry::id).max().orElse(0);
        for (ProxyEntry proxy : present.proxies().values()) {
            ProxyEntry known = proxies.get(proxy.token());
            int id = known == null ? ++last : known.id();
            proxies.put(proxy.token(), new ProxyEntry(id, proxy.model(), Admission.JOINING));
        }
        return proxies;
    }
}
