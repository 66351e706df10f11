package io.codis.core.rebuild;

import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.core.wire.ServerState.Role;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whether the identities of servers prove the whole map of a cluster that its coordinator has lost.
 *
 * <p>The newest map that anybody was told decides. Nothing that matters can be newer than it when every member has been
 * heard: a move begins, and a replica becomes a candidate, only after the members concerned have the map that says so. Who
 * is master is not taken from the map but from the orders on the volumes, which are on disk before a role is taken.
 */
public final class Rebuild {

    private final String product;
    private final SortedMap<String, Survivor> heard;

    /** @param heard by the address under which each was asked */
    public Rebuild(String product, SortedMap<String, Survivor> heard) {
        this.product = product;
        this.heard = new TreeMap<>(heard);
    }

    /** What the identities prove. */
    public sealed interface Outcome {

        /** The whole map, without contradiction. */
        record Proven(TopologyDocument map) implements Outcome {}

        /** These servers belong to the cluster and may know something newer. */
        record Unheard(SortedSet<String> servers) implements Outcome {}

        /** Only a person can say what is right. */
        record Contradictory(String why) implements Outcome {}
    }

    /** Servers that the newest map names. */
    public SortedSet<String> named() {
        var named = new TreeSet<String>();
        newest().ifPresent(map -> map.groups().forEach(g -> g.members().forEach(m -> named.add(m.address()))));
        return named;
    }

    /** Those of {@link #named} whose word is missing: not heard, or back without what was on their volume. */
    public SortedSet<String> missing() {
        var missing = named();
        missing.removeIf(
                server -> heard.containsKey(server) && !heard.get(server).fresh());
        return missing;
    }

    /** What the identities heard so far prove. */
    public Outcome outcome() {
        Optional<String> contradiction = foreign();
        if (contradiction.isPresent()) {
            return new Outcome.Contradictory(contradiction.get());
        }
        TopologyDocument map = newest().orElse(null);
        if (map == null) {
            return new Outcome.Contradictory(
                    "no server was ever told the map of the cluster; their data must be assigned by a person");
        }
        var unheard = named();
        unheard.removeAll(heard.keySet());
        if (!unheard.isEmpty()) {
            return new Outcome.Unheard(unheard);
        }
        return objection(map.toTopology())
                .<Outcome>map(Outcome.Contradictory::new)
                .orElse(new Outcome.Proven(map));
    }

    /**
     * The map that {@link #outcome} has proven, or that a person accepts, as a topology that may be led from now on.
     *
     * @param present what the coordinator has now; its proxies stay registered
     * @throws io.codis.core.problem.CodisException when there is no map
     */
    public Topology topology(TopologyDocument map, Topology present) {
        long epoch = heard.values().stream().mapToLong(Survivor::highestEpoch).reduce(map.epoch(), Math::max);
        return new Restored(map.toTopology(), this::masterOf).topology(epoch, present);
    }

    /** The newest map that anybody was told. */
    public Optional<TopologyDocument> newest() {
        return heard.values().stream()
                .flatMap(survivor -> Optional.ofNullable(survivor.map()).stream())
                .max(Comparator.comparingLong(TopologyDocument::leaderEpoch)
                        .thenComparingLong(TopologyDocument::version));
    }

    /** Every server of this topology was heard, and none belongs to its cluster: it was made without knowing them. */
    public boolean strangersOnly(Topology topology) {
        return topology.groups().values().stream()
                .flatMap(group -> group.members().stream())
                .allMatch(member -> survivor(member)
                        .filter(s -> !s.clusterId().equals(topology.clusterId()))
                        .isPresent());
    }

    private Optional<String> foreign() {
        var ids = new TreeSet<String>();
        heard.values().stream().filter(s -> !s.fresh()).forEach(s -> ids.add(s.clusterId()));
        if (ids.size() > 1) {
            return Optional.of("servers of different clusters were given: " + ids);
        }
        return newest().filter(map -> !map.product().equals(product))
                .map(map -> "the servers belong to product " + map.product() + ", this dashboard leads " + product);
    }

    private Optional<String> objection(Topology map) {
        for (var entry : heard.entrySet()) {
            Survivor server = entry.getValue();
            int told = map.groupOf(entry.getKey()).map(Group::id).orElse(0);
            if (!server.fresh() && server.group() != told) {
                return Optional.of("server %s belongs to group-[%d], by the newest map to %s"
                        .formatted(entry.getKey(), server.group(), told == 0 ? "none" : "group-[" + told + "]"));
            }
        }
        for (Group group : map.groups().values()) {
            Optional<String> objection = objection(group);
            if (objection.isPresent()) {
                return objection;
            }
        }
        long offline =
                map.slots().stream().filter(s -> s.group() == 0 && s.idle()).count();
        return offline == 0
                ? Optional.empty()
                : Optional.of(offline + " slots belong to no group; where their keys are is not proven");
    }

    private Optional<String> objection(Group group) {
        if (!group.initialized()) {
            return Optional.empty();
        }
        if (masterOf(group).isEmpty()) {
            return Optional.of("no server of group-[%d] knows that it became its master under epoch %d"
                    .formatted(group.id(), group.epoch()));
        }
        // a volume that was lost took with it what it alone had been told
        return group.members().stream()
                .filter(m -> survivor(m).map(Survivor::fresh).orElse(true))
                .filter(m -> group.indexOf(m.address()) == 0 || m.candidacy() != Candidacy.OUT)
                .map(m -> "server %s of group-[%d] has lost its volume".formatted(m.address(), group.id()))
                .findFirst();
    }

    /** The member that was made master last; nobody when the map knows of a later one, who was not heard. */
    private Optional<Survivor> masterOf(Group group) {
        return group.members().stream()
                .map(this::survivor)
                .flatMap(Optional::stream)
                .filter(s -> s.role() == Role.MASTER && s.group() == group.id() && s.epoch() >= group.epoch())
                .max(Comparator.comparingLong(Survivor::epoch));
    }

    private Optional<Survivor> survivor(Member member) {
        return Optional.ofNullable(heard.get(member.address()));
    }
}
