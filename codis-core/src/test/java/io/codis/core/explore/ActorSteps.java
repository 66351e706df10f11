package io.codis.core.explore;

import static io.codis.core.explore.World.COPIED;
import static io.codis.core.explore.World.COPY;
import static io.codis.core.explore.World.EXECUTED;
import static io.codis.core.explore.World.IDLE;
import static io.codis.core.explore.World.MASTER;
import static io.codis.core.explore.World.MOVER;
import static io.codis.core.explore.World.REMOVE;
import static io.codis.core.explore.World.REMOVED;
import static io.codis.core.explore.World.SENT;

import io.codis.core.migration.SlotAction;

/** Requests of clients through a proxy, with the moves that they need, and the dashboard's own moves. */
final class ActorSteps {

    private final Model model;

    ActorSteps(Model model) {
        this.model = model;
    }

    void add(World world, Steps steps) {
        for (int p = 0; p < View.PROXIES; p++) {
            if (world.phase[p] == IDLE && !world.hung[p]) {
                for (int slot = 0; slot < model.requestsUpTo; slot++) {
                    begin(world, p, slot, World.SET, steps);
                    if (model.removals) {
                        begin(world, p, slot, World.DEL, steps);
                    }
                }
            }
        }
        for (int slot = 0; slot < View.SLOTS && world.phase[MOVER] == IDLE; slot++) {
            beginMove(world, slot, steps);
        }
        for (int actor = 0; actor < World.ACTORS; actor++) {
            go(world, actor, steps);
        }
    }

    private void begin(World world, int p, int slot, int kind, Steps steps) {
        View route = model.table(world, p);
        int group = route.group[slot];
        int source = route.source[slot];
        if (group == 0 || route.locked[slot] || route.login[p] == 0) {
            return;
        }
        boolean moves = source != 0;
        if (moves && world.broken[p] == route.moveLogin[source]) {
            return;
        }
        steps.fault(
                "p" + p + " takes " + (kind == World.SET ? "SET" : "DEL") + " of slot " + slot,
                world,
                Budget.REQUEST,
                w -> {
                    w.phase[p] = moves ? COPY : SENT;
                    w.slot[p] = slot;
                    w.kind[p] = kind;
                    w.from[p] = moves ? route.master[source] : 0;
                    w.to[p] = route.master[group];
                    w.login[p] = route.login[p];
                    w.under[p] = w.table[p];
                });
    }

    private void beginMove(World world, int slot, Steps steps) {
        View stored = model.stored(world);
        int source = stored.source[slot];
        if (!(stored.action(slot) instanceof SlotAction.Migrating) || source == 0) {
            return;
        }
        int from = stored.master[source];
        int to = stored.master[stored.group[slot]];
        boolean ready = model.controls(world, from)
                && model.controls(world, to)
                && world.role[from] == MASTER
                && world.value[from][slot] != 0
                && world.moveUser[to] == stored.moveLogin[source]
                && world.broken[MOVER] != stored.moveLogin[source];
        if (ready) {
            steps.step("mover takes slot " + slot, world, w -> {
                w.phase[MOVER] = COPY;
                w.slot[MOVER] = slot;
                w.from[MOVER] = from;
                w.to[MOVER] = to;
                w.login[MOVER] = stored.leaderEpoch();
                w.under[MOVER] = w.topology;
            });
        }
    }

    private void go(World world, int actor, Steps steps) {
        String who = actor == MOVER ? "mover" : "p" + actor;
        boolean stopped = actor != MOVER && world.hung[actor];
        switch (world.phase[actor]) {
            case COPY -> copy(world, actor, who, steps);
            case REMOVE -> steps.step(who + " removes at the source", world, w -> remove(w, actor));
            case SENT -> steps.step(who + "'s write runs", world, w -> write(w, actor));
            case COPIED, REMOVED, EXECUTED -> {
                if (!stopped) {
                    acknowledge(world, actor, who, steps);
                }
            }
            default -> {}
        }
    }

    private int moveLogin(World world, int actor) {
        return model.topologies.view(world.under[actor]).moveLogin[View.groupOf(world.from[actor])];
    }

    private boolean mayUse(World world, int actor, int server) {
        if (world.role[server] != MASTER) {
            return false;
        }
        return actor == MOVER ? model.controls(world, server) : world.users[server][actor] == world.login[actor];
    }

    private void copy(World world, int actor, String who, Steps steps) {
        int from = world.from[actor];
        int slot = world.slot[actor];
        int moveLogin = moveLogin(world, actor);
        if (mayUse(world, actor, from) && world.value[from][slot] != 0 && world.lateCopy[1] < 0) {
            steps.fault(who + "'s copy fails with its RESTORE under way", world, Budget.IO_ERROR, w -> {
                int[] late = {moveLogin, w.to[actor], slot, w.value[from][slot]};
                System.arraycopy(late, 0, w.lateCopy, 0, late.length);
                w.failedMove[from] = moveLogin;
                fail(w, actor, moveLogin);
            });
        }
        steps.step(who + " copies", world, w -> {
            if (!mayUse(w, actor, from)) {
                w.idle(actor);
            } else if (w.value[from][slot] == 0) {
                removed(w, actor, moveLogin);
            } else if (!w.admits(w.to[actor], moveLogin)) {
                w.idle(actor);
            } else {
                restore(w, w.to[actor], slot, w.value[from][slot]);
                w.phase[actor] = COPIED;
                w.mark[actor] = w.mark(w.to[actor]);
            }
        });
    }

    private void restore(World w, int server, int slot, int value) {
        if (w.value[server][slot] == 0 || !model.on(Rule.COPY_NEVER_REPLACES)) {
            w.write(server, slot, value);
        }
    }

    private void remove(World w, int actor) {
        int from = w.from[actor];
        if (!mayUse(w, actor, from)) {
            w.idle(actor);
            return;
        }
        if (w.value[from][w.slot[actor]] != 0) {
            w.write(from, w.slot[actor], 0);
        }
        removed(w, actor, moveLogin(w, actor));
    }

    /** The key is not at the source; the source says in the same breath whether a RESTORE may still be under way. */
    private void removed(World w, int actor, int moveLogin) {
        int from = w.from[actor];
        if (model.on(Rule.SOURCE_REMEMBERS_ERRORS) && w.failedMove[from] == moveLogin) {
            fail(w, actor, moveLogin);
            return;
        }
        w.phase[actor] = REMOVED;
        w.mark[actor] = w.mark(from);
    }

    private void fail(World w, int actor, int moveLogin) {
        if (model.on(Rule.LOGIN_DIES_WITH_AN_ERROR)) {
            w.broken[actor] = moveLogin;
        }
        w.idle(actor);
    }

    private void write(World w, int actor) {
        int to = w.to[actor];
        int slot = w.slot[actor];
        if (!mayUse(w, actor, to)) {
            w.idle(actor);
            return;
        }
        int number = ++w.writes[slot];
        boolean removal = w.kind[actor] == World.DEL;
        w.removals[slot] |= removal ? 1 << number : 0;
        w.write(to, slot, removal ? 0 : number);
        w.done[actor] = number;
        w.phase[actor] = EXECUTED;
        w.mark[actor] = w.mark(to);
        if (!model.safeWrites) {
            reply(w, actor);
        }
    }

    private void reply(World w, int actor) {
        int slot = w.slot[actor];
        w.acknowledged[slot] = Math.max(w.acknowledged[slot], w.done[actor]);
        w.idle(actor);
    }

    /** Waits for the candidates of the server that ran the last step, or gives up when they cannot answer for it. */
    private void acknowledge(World world, int actor, String who, Steps steps) {
        int phase = world.phase[actor];
        int server = phase == REMOVED ? world.from[actor] : world.to[actor];
        boolean waits = phase == COPIED
                ? model.on(Rule.TARGET_ACKNOWLEDGES)
                : phase == EXECUTED || model.on(Rule.SOURCE_ACKNOWLEDGES);
        if (world.role[server] != MASTER || world.mark[actor] != world.mark(server)) {
            steps.step(who + " gives up", world, w -> w.idle(actor));
            return;
        }
        int mask = mask(world, actor, server);
        if (!waits || model.acknowledged(world, mask, server)) {
            steps.step(who + " is acknowledged", world, w -> next(w, actor));
        } else if (unattached(world, mask, server)) {
            steps.step(who + " gives up", world, w -> w.idle(actor));
        }
    }

    private int mask(World world, int actor, int server) {
        int table = actor == MOVER
                ? world.topology
                : model.on(Rule.WAITS_FOLLOW_THE_ROUTE) ? world.table[actor] : world.under[actor];
        return model.topologies.view(table).awaited[View.groupOf(server)] & ~(1 << server);
    }

    private static boolean unattached(World world, int mask, int server) {
        for (int s = 0; s < View.SERVERS; s++) {
            boolean attached = world.role[s] == World.REPLICA && world.master[s] == server;
            if ((mask & 1 << s) != 0 && !attached) {
                return true;
            }
        }
        return false;
    }

    private void next(World w, int actor) {
        switch (w.phase[actor]) {
            case COPIED -> {
                // the copy is confirmed where it must be before the original goes
                if (w.value[w.to[actor]][w.slot[actor]] == 0) {
                    w.idle(actor);
                } else {
                    w.phase[actor] = REMOVE;
                }
            }
            case REMOVED -> {
                if (actor == MOVER) {
                    w.idle(actor);
                } else {
                    w.phase[actor] = SENT;
                }
            }
            default -> reply(w, actor);
        }
    }

    /** A RESTORE and a removal that were long under way. */
    void addLate(World world, Steps steps) {
        if (world.lateCopy[1] >= 0) {
            World next = world.copy();
            int server = next.lateCopy[1];
            if (next.admits(server, next.lateCopy[0])) {
                restore(next, server, next.lateCopy[2], next.lateCopy[3]);
            }
            next.lateCopy[1] = -1;
            next.lateCopy[0] = next.lateCopy[2] = next.lateCopy[3] = 0;
            steps.all.add(new Steps.Step("the late RESTORE arrives", next, true));
        }
        if (world.lateRemoval[1] >= 0) {
            World next = world.copy();
            int server = next.lateRemoval[1];
            boolean deposed = model.on(Rule.LEADER_DEPOSES_OLDER) && next.control[server] != next.lateRemoval[0];
            if (next.role[server] == MASTER && !deposed && next.value[server][next.lateRemoval[2]] != 0) {
                next.write(server, next.lateRemoval[2], 0);
            }
            next.lateRemoval[1] = -1;
            next.lateRemoval[0] = next.lateRemoval[2] = 0;
            steps.all.add(new Steps.Step("the deposed mover's UNLINK arrives", next, true));
        }
    }
}
