package io.codis.dashboard.identity;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.rebuild.Rebuild;
import io.codis.core.rebuild.Rebuild.Outcome;
import io.codis.core.rebuild.Survivor;
import io.codis.core.topology.Group;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.stats.Conditions;
import io.codis.dashboard.store.ClusterState;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back when the coordinator knows nothing and servers hold data (safety rule 18). It begins when a server is added
 * that belongs to a cluster already. No role and no slot is given until the map has been rebuilt: by itself when the
 * servers' identities prove the whole of it, else by a person's word.
 */
public final class LostCluster {

    private static final Logger LOG = LoggerFactory.getLogger(LostCluster.class);
    private static final String OBJECT = "cluster";

    private final ClusterState state;
    private final LauncherClient launchers;
    private final Conditions conditions;
    private final Consumer<Topology> rebuilt;
    private final ConcurrentSkipListSet<String> found = new ConcurrentSkipListSet<>();

    /** @param rebuilt stores the topology in the place of the present one, and leads on from it under a new epoch */
    public LostCluster(
            ClusterState state, LauncherClient launchers, Conditions conditions, Consumer<Topology> rebuilt) {
        this.state = state;
        this.launchers = launchers;
        this.conditions = conditions;
        this.rebuilt = rebuilt;
    }

    /**
     * The map that a person took for the right one.
     *
     * @param slots that belong to a group
     * @param servers of it
     * @param missing those of them that were not heard, or that have lost their volume
     */
    public record Accepted(int groups, int slots, SortedSet<String> servers, SortedSet<String> missing) {}

    /** Servers of a lost cluster have been seen: neither roles nor slots are given. */
    public boolean found() {
        return !found.isEmpty();
    }

    /** Refuses what may not happen before the map is back. */
    public void refuseIfFound() {
        if (found()) {
            throw new CodisException(
                    Reason.COORDINATOR_LOST, "servers " + found + " belong to a cluster whose map is lost");
        }
    }

    /**
     * A server that is to be added belongs to another cluster than the one that the coordinator knows. Where the
     * coordinator knows of no data at all, it is the coordinator that has forgotten, and the map is rebuilt if it can be.
     *
     * @throws CodisException always: {@code FOREIGN_SERVER} when this cluster has data of its own; {@code NOT_READY} when the
     *     map has been rebuilt or servers are still to be heard; {@code COORDINATOR_LOST} when a person must decide
     */
    public synchronized void add(String server, String clusterId) {
        Topology topology = state.topology();
        if (topology.groups().values().stream().anyMatch(Group::initialized)) {
            throw new CodisException(
                    Reason.FOREIGN_SERVER,
                    "server-[%s] belongs to cluster %s, this one is %s"
                            .formatted(server, clusterId, topology.clusterId()));
        }
        found.add(server);
        Rebuild rebuild = ask();
        switch (rebuild.outcome()) {
            case Outcome.Proven(TopologyDocument map) -> {
                store(rebuild, map);
                throw new CodisException(
                        Reason.NOT_READY, "the map of cluster " + clusterId + " was lost and has been rebuilt");
            }
            case Outcome.Unheard(var servers) ->
                throw lost(
                        Reason.NOT_READY,
                        "the map of cluster " + clusterId + " is lost; it is rebuilt when servers " + servers
                                + " have been heard, or when a person says that they never will be");
            case Outcome.Contradictory(String why) ->
                throw lost(Reason.COORDINATOR_LOST, "the map is lost and cannot be rebuilt without a person: " + why);
        }
    }

    /**
     * A person's word: the newest map that any server has is the one that counts, whatever those that were not heard may
     * know.
     *
     * @return what has come back
     * @param servers to be asked, besides those that are known and that they name
     * @throws CodisException {@code NOT_FOUND} when nobody has a map; {@code ALREADY_EXISTS} when it is not newer than what
     *     the coordinator has; {@code FOREIGN_SERVER} when it is of another cluster
     */
    public synchronized Accepted accept(Collection<String> servers) {
        found.addAll(servers);
        Rebuild rebuild = ask();
        TopologyDocument map = rebuild.newest()
                .orElseThrow(() -> new CodisException(Reason.NOT_FOUND, "no server of " + found + " has a map"));
        Topology present = state.topology();
        boolean inUse = present.groups().values().stream().anyMatch(Group::initialized);
        boolean newer = map.clusterId().equals(present.clusterId()) && map.version() > present.version();
        if (inUse && !newer && map.clusterId().equals(present.clusterId())) {
            found.removeAll(servers);
            throw new CodisException(
                    Reason.ALREADY_EXISTS,
                    "the map is not lost: the coordinator has version " + present.version()
                            + " of it, and no server has a newer one; there is nothing to rebuild");
        }
        if (inUse && !newer && !rebuild.strangersOnly(present) || !map.product().equals(present.product())) {
            found.removeAll(servers);
            throw new CodisException(
                    Reason.FOREIGN_SERVER,
                    "the newest map is of product %s, cluster %s, version %d; the coordinator has %s, %s, %d"
                            .formatted(
                                    map.product(),
                                    map.clusterId(),
                                    map.version(),
                                    present.product(),
                                    present.clusterId(),
                                    present.version()));
        }
        store(rebuild, map);
        Topology back = map.toTopology();
        return new Accepted(
                back.groups().size(),
                (int) back.slots().stream().filter(slot -> slot.group() != 0).count(),
                rebuild.named(),
                rebuild.missing());
    }

    private void store(Rebuild rebuild, TopologyDocument map) {
        Topology topology = rebuild.topology(map, state.topology());
        LOG.warn(
                "event=map-rebuilt cluster={} told_version={} version={} groups={} servers={}",
                topology.clusterId(),
                map.version(),
                topology.version(),
                topology.groups().keySet(),
                rebuild.named());
        rebuilt.accept(topology);
    }

    /** Everybody known, then everybody whom they name, until nobody new is named. */
    private Rebuild ask() {
        var heard = new TreeMap<String, Survivor>();
        var asked = new TreeSet<String>();
        var next = new TreeSet<>(found);
        state.topology().groups().values().forEach(g -> g.members().forEach(m -> next.add(m.address())));
        while (!next.isEmpty()) {
            asked.addAll(next);
            heard.putAll(ask(next));
            next.clear();
            next.addAll(new Rebuild(state.topology().product(), heard).named());
            next.removeAll(asked);
        }
        return new Rebuild(state.topology().product(), heard);
    }

    private SortedMap<String, Survivor> ask(Collection<String> servers) {
        var answers = new ConcurrentHashMap<String, Survivor>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            servers.forEach(server -> threads.execute(() -> {
                try {
                    answers.put(server, launchers.identity(server));
                } catch (CodisException e) {
                    LOG.info("event=identity-not-heard server={} cause={}", server, e.getMessage());
                }
            }));
        }
        return new TreeMap<>(answers);
    }

    private CodisException lost(Reason reason, String message) {
        conditions.set(Reason.COORDINATOR_LOST, OBJECT, message);
        return new CodisException(reason, message);
    }
}
