package io.codis.core.explore;

import io.codis.core.migration.SlotAction;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.LeadCommand;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.SlotStep;
import io.codis.core.topology.SlotStep.Step;
import java.util.ArrayList;
import java.util.List;

/** The dashboard: routes, evictions, logins, and the steps of a batch of slots. */
final class RouteSteps {

    private final Model model;
    /** The slots that are asked to move; they go through their steps together. */
    private final List<Integer> batch;

    RouteSteps(Model model, List<Integer> batch) {
        this.model = model;
        this.batch = batch;
    }

    void add(World world, Steps steps) {
        for (int p = 0; p < View.PROXIES; p++) {
            proxy(world, p, steps);
        }
        for (int s = 0; s < View.SERVERS; s++) {
            server(world, s, steps);
        }
        if (!batch.isEmpty()) {
            moves(world, steps);
        }
        lead(world, steps);
    }

    private void proxy(World world, int p, Steps steps) {
        View stored = model.stored(world);
        View table = model.table(world, p);
        boolean admitted = stored.login[p] != 0;
        boolean news = !table.sameRoute(stored, 0) || !table.sameRoute(stored, 1);
        if (admitted && news && !world.hung[p] && stored.newerThan(table)) {
            steps.step("p" + p + " takes route " + stored.topology.version(), world, w -> w.table[p] = w.topology);
            steps.fault("p" + p + "'s route is delayed", world, Budget.LATE_ROUTE, w -> w.late[p] = w.topology);
        }
        if (world.late[p] >= 0) {
            World next = world.copy();
            boolean newer = model.topologies.view(next.late[p]).newerThan(table);
            if (!next.hung[p] && (newer || !model.on(Rule.ROUTES_ONLY_RISE))) {
                next.table[p] = next.late[p];
            }
            next.late[p] = -1;
            steps.all.add(new Steps.Step("p" + p + "'s late route arrives", next, true));
        }
        if (!world.hung[p]) {
            steps.fault("p" + p + " hangs", world, Budget.PROXY_HANG, w -> w.hung[p] = true);
        }
        boolean behind = !model.confirmed(world, p, 0) || !model.confirmed(world, p, 1);
        if (admitted && behind) {
            var evict = new ProxyCommand.EvictProxy(View.token(p));
            if (world.hung[p]) {
                model.store(steps, world, "p" + p + " is evicted", evict);
            } else {
                model.storeOnce(steps, world, "p" + p + " is evicted early", evict, Budget.EVICTION);
            }
        }
    }

    private void server(World world, int s, Steps steps) {
        View stored = model.stored(world);
        if (world.isolated[s]) {
            return;
        }
        if (world.control[s] != stored.leaderEpoch()) {
            steps.step(
                    "the leader takes control of " + View.address(s), world, w -> w.control[s] = stored.leaderEpoch());
        }
        if (!model.controls(world, s)) {
            return;
        }
        for (int p = 0; p < View.PROXIES; p++) {
            int proxy = p;
            if (stored.login[p] == 0 && world.users[s][p] != 0 && model.on(Rule.EVICTION_FENCES)) {
                steps.step("p" + p + "'s login is deleted at " + View.address(s), world, w -> w.users[s][proxy] = 0);
            }
            boolean master = world.role[s] == World.MASTER && stored.master[View.groupOf(s)] == s;
            if (master
                    && stored.login[p] != 0
                    && world.users[s][p] != stored.login[p]
                    && model.table(world, p).login[p] == stored.login[p]) {
                steps.step(
                        "p" + p + "'s login is made at " + View.address(s),
                        world,
                        w -> w.users[s][proxy] = stored.login[proxy]);
            }
        }
    }

    private void lead(World world, Steps steps) {
        var after = model.topologies.apply(world.topology, new LeadCommand.TakeLead());
        steps.fault("the dashboard dies and another leads", world, Budget.DASHBOARD_CRASH, w -> {
            if (w.phase[World.MOVER] == World.REMOVE) {
                int[] late = {model.stored(w).leaderEpoch(), w.from[World.MOVER], w.slot[World.MOVER]};
                System.arraycopy(late, 0, w.lateRemoval, 0, late.length);
            }
            w.idle(World.MOVER);
            w.broken[World.MOVER] = 0;
            w.topology = after.orElseThrow();
        });
    }

    private void moves(World world, Steps steps) {
        View stored = model.stored(world);
        int first = batch.getFirst();
        int source = stored.slot(first).group();
        int target = stored.action(first).target();
        if (target == 0) {
            return;
        }
        int from = stored.master[source];
        int to = stored.master[target];
        if (!model.controls(world, from) || !model.controls(world, to)) {
            return;
        }
        switch (stored.action(first)) {
            case SlotAction.Idle ignored -> {}
            case SlotAction.Pending ignored -> step(world, steps, Step.PREPARE);
            case SlotAction.Preparing ignored -> barrier(world, steps);
            case SlotAction.Swapping ignored -> {
                if (model.on(Rule.SWAP_TAKES_A_BARRIER)) {
                    barrier(world, steps);
                } else {
                    step(world, steps, Step.PREPARED);
                }
            }
            case SlotAction.Prepared ignored -> step(world, steps, Step.MIGRATE);
            case SlotAction.Migrating ignored -> migrating(world, steps, source, from, to);
            case SlotAction.Finished ignored -> finished(world, steps);
        }
    }

    private void step(World world, Steps steps, Step step) {
        model.store(steps, world, "batch " + step, new SlotStep(step, batch));
    }

    private void barrier(World world, Steps steps) {
        if (batch.stream().allMatch(slot -> model.barrier(world, slot))) {
            step(world, steps, Step.PREPARED);
        }
    }

    private void finished(World world, Steps steps) {
        View stored = model.stored(world);
        for (int p = 0; p < View.PROXIES; p++) {
            int proxy = p;
            boolean knows =
                    batch.stream().allMatch(slot -> model.table(world, proxy).sameRoute(stored, slot));
            if (stored.login[p] != 0 && !knows) {
                return;
            }
        }
        step(world, steps, Step.COMPLETE);
    }

    private void migrating(World world, Steps steps, int source, int from, int to) {
        View stored = model.stored(world);
        int login = (int) stored.group(source).moveGeneration();
        boolean emptied = world.role[from] == World.MASTER
                && world.phase[World.MOVER] == World.IDLE
                && batch.stream().allMatch(slot -> world.value[from][slot] == 0)
                && (!model.on(Rule.SOURCE_ACKNOWLEDGES) || model.acknowledged(world, stored.awaited[source], from));
        boolean failed = knownBroken(world, login);
        boolean deleteFirst = model.on(Rule.LOGIN_DIES_BEFORE_THE_SOURCE_IS_LEFT);
        if (world.moveUser[to] == login && (failed || (emptied && deleteFirst))) {
            steps.step("the move's login is deleted", world, w -> w.moveUser[to] = 0);
        }
        if (failed && world.moveUser[to] != login) {
            model.store(steps, world, "a new move login is stored", new GroupCommand.NewMoveGeneration(source));
        }
        boolean entered = world.moveUser[to] == 0 || !deleteFirst;
        if (emptied && entered) {
            step(world, steps, Step.FINISH);
        }
        if (!emptied && !failed && world.moveUser[to] != login && world.role[to] == World.MASTER) {
            steps.step("the move's login is made", world, w -> {
                w.oldMoveUser[to] = deleteFirst ? 0 : w.moveUser[to];
                w.moveUser[to] = login;
            });
        }
        swap(world, steps, to);
    }

    private void swap(World world, Steps steps, int to) {
        if (!world.left(Budget.SWAP) || world.phase[World.MOVER] != World.IDLE) {
            return;
        }
        if (world.moveUser[to] != 0 && model.on(Rule.LOGIN_DIES_BEFORE_THE_SOURCE_IS_LEFT)) {
            steps.step("the move's login is deleted for a swap", world, w -> w.moveUser[to] = 0);
            return;
        }
        model.storeOnce(steps, world, "batch SWAP", new SlotStep(Step.SWAP, new ArrayList<>(batch)), Budget.SWAP);
    }

    private boolean knownBroken(World world, int login) {
        for (int actor = 0; actor < World.ACTORS; actor++) {
            boolean heard = actor == World.MOVER || !world.hung[actor];
            if (heard && world.broken[actor] == login) {
                return true;
            }
        }
        return false;
    }
}
