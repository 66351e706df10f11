package io.codis.core.explore;

import io.codis.core.topology.Clusters;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.SlotStep;
import io.codis.core.topology.Topology;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Where an exploration begins, what may happen in it, and which rules hold. */
final class Scenario {

    private final Set<Rule> rules = EnumSet.allOf(Rule.class);
    private final Map<Budget, Integer> budget = new EnumMap<>(Budget.class);
    private final List<Integer> batch = new ArrayList<>();
    private boolean safeWrites = true;
    private boolean underWay;
    private int requestsUpTo = View.SLOTS;
    private boolean removals = true;

    static Scenario of() {
        return new Scenario();
    }

    /** These slots are asked to move from group 1 to group 2. */
    Scenario moving(Integer... slots) {
        batch.addAll(List.of(slots));
        return this;
    }

    /** The barrier has passed and migrating is stored; no proxy knows yet. */
    Scenario underWay() {
        underWay = true;
        return this;
    }

    Scenario with(Budget what, int times) {
        budget.put(what, times);
        return this;
    }

    Scenario without(Rule... off) {
        rules.removeAll(List.of(off));
        return this;
    }

    /** Replies do not wait for the candidates. */
    Scenario plainWrites() {
        safeWrites = false;
        return this;
    }

    /** Clients use slot 0 only. */
    Scenario requestsOfOneSlot() {
        requestsUpTo = 1;
        return this;
    }

    /** Clients never remove a key. */
    Scenario withoutRemovals() {
        removals = false;
        return this;
    }

    List<Integer> batch() {
        return batch;
    }

    Model model() {
        return new Model(rules, safeWrites, requestsUpTo, removals);
    }

    World start(Model model) {
        var world = new World();
        world.topology = model.topologies.number(topology());
        View view = model.stored(world);
        for (int p = 0; p < View.PROXIES; p++) {
            world.table[p] = world.topology;
        }
        for (int s = 0; s < View.SERVERS; s++) {
            server(world, view, s);
            System.arraycopy(world.value[s], 0, model.disk[s], 0, View.SLOTS);
        }
        if (underWay) {
            world.topology = model.topologies
                    .apply(world.topology, new SlotStep(SlotStep.Step.MIGRATE, batch))
                    .orElseThrow();
        }
        budget.forEach((what, times) -> world.budget[what.ordinal()] = times);
        return world;
    }

    private static void server(World world, View view, int s) {
        int group = View.groupOf(s);
        int master = view.master[group];
        int epoch = (int) view.group(group).epoch();
        world.epoch[s] = epoch;
        world.promised[s] = epoch;
        world.dataEpoch[s] = epoch;
        world.control[s] = view.leaderEpoch();
        world.role[s] = s == master ? World.MASTER : World.REPLICA;
        world.master[s] = s == master ? -1 : master;
        for (int slot = 0; slot < View.SLOTS; slot++) {
            world.value[s][slot] = view.slot(slot).group() == group ? 1 : 0;
        }
        if (s == master) {
            System.arraycopy(view.login, 0, world.users[s], 0, View.PROXIES);
        }
    }

    private Topology topology() {
        Topology topology = Clusters.of(2, 2).apply(new SlotCommand.AssignSlots(new TreeMap<>(Map.of(0, 1, 1, 1))));
        for (int p = 0; p < View.PROXIES; p++) {
            topology = topology.apply(new ProxyCommand.CreateProxy(Clusters.proxy(View.token(p))))
                    .apply(new ProxyCommand.AdmitProxy(View.token(p)));
        }
        var moves = new TreeMap<Integer, Integer>();
        batch.forEach(slot -> moves.put(slot, 2));
        topology = moves.isEmpty() ? topology : topology.apply(new SlotCommand.CreateMoves(moves));
        return underWay
                ? topology.apply(new SlotStep(SlotStep.Step.PREPARE, batch))
                        .apply(new SlotStep(SlotStep.Step.PREPARED, batch))
                : topology;
    }
}
