package io.codis.core.explore;

import io.codis.core.topology.TopologyCommand;
import java.util.Set;
import java.util.function.Consumer;

/** What all parts of the model share: the topologies and which rules hold. */
final class Model {

    final Topologies topologies = new Topologies();
    final Set<Rule> rules;
    /** Replies wait for the candidates. Without it only planned operations are explored, and no reply may be lost either. */
    final boolean safeWrites;
    /** What each engine finds on its disk when it is started again. */
    final int[][] disk = new int[View.SERVERS][View.SLOTS];

    /** Clients use slots below this one. */
    final int requestsUpTo;
    /** Clients remove keys, too. */
    final boolean removals;

    Model(Set<Rule> rules, boolean safeWrites, int requestsUpTo, boolean removals) {
        this.rules = rules;
        this.safeWrites = safeWrites;
        this.requestsUpTo = requestsUpTo;
        this.removals = removals;
    }

    boolean on(Rule rule) {
        return rules.contains(rule);
    }

    View stored(World world) {
        return topologies.view(world.topology);
    }

    View table(World world, int proxy) {
        return topologies.view(world.table[proxy]);
    }

    /** Adds the world in which the dashboard has stored a command, when the topology allows it. */
    void store(Steps steps, World world, String label, TopologyCommand command, Consumer<World> also) {
        var after = topologies.apply(world.topology, command);
        if (after.isPresent()) {
            steps.step(label, world, w -> {
                w.topology = after.getAsInt();
                also.accept(w);
            });
        }
    }

    void store(Steps steps, World world, String label, TopologyCommand command) {
        store(steps, world, label, command, w -> {});
    }

    /** The same for something that a person asks for or a timeout brings. */
    void storeOnce(Steps steps, World world, String label, TopologyCommand command, Budget budget) {
        var after = topologies.apply(world.topology, command);
        if (after.isPresent()) {
            steps.fault(label, world, budget, w -> w.topology = after.getAsInt());
        }
    }

    /** The leader can reach the server and has ended the logins of all leaders before it. */
    boolean controls(World world, int server) {
        return !world.isolated[server]
                && (world.control[server] == stored(world).leaderEpoch() || !on(Rule.LEADER_DEPOSES_OLDER));
    }

    /** Every server whose acknowledgement counts has all that {@code of} did, or is wrongly not waited for. */
    boolean acknowledged(World world, int mask, int of) {
        int waited = mask;
        if (!on(Rule.CANDIDATES_ARE_AWAITED)) {
            for (int s = 0; s < View.SERVERS; s++) {
                boolean attached = world.role[s] == World.REPLICA && world.master[s] == of;
                waited = attached ? waited : waited & ~(1 << s);
            }
        }
        return world.acknowledgedBy(waited, of);
    }

    /** Nothing of an earlier route of this slot is left at the proxy. */
    boolean confirmed(World world, int proxy, int slot) {
        boolean sent = world.phase[proxy] != World.IDLE && world.slot[proxy] == slot;
        return table(world, proxy).sameRoute(stored(world), slot) && !(sent && on(Rule.LOCK_WAITS_FOR_SENT_REQUESTS));
    }

    /** The barrier of a slot: every admitted proxy has its route, and every other one can reach no master of it. */
    boolean barrier(World world, int slot) {
        if (!on(Rule.BARRIER_WAITS)) {
            return true;
        }
        View stored = stored(world);
        for (int p = 0; p < View.PROXIES; p++) {
            if (stored.login[p] != 0 && !confirmed(world, p, slot)) {
                return false;
            }
            if (stored.login[p] == 0 && !fenced(world, p, stored.group[slot], stored.source[slot])) {
                return false;
            }
        }
        return true;
    }

    private boolean fenced(World world, int proxy, int group, int source) {
        if (!on(Rule.EVICTION_FENCES)) {
            return true;
        }
        for (int s = 0; s < View.SERVERS; s++) {
            boolean concerned = View.groupOf(s) == group || View.groupOf(s) == source;
            boolean proofOfRest = world.isolated[s] && !on(Rule.LEASE_MUST_LAPSE);
            if (concerned && world.role[s] == World.MASTER && world.users[s][proxy] != 0 && !proofOfRest) {
                return false;
            }
        }
        return true;
    }
}
