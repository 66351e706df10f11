package io.codis.core.explore;

import io.codis.core.failover.Circumstances;
import io.codis.core.failover.Decision;
import io.codis.core.failover.MasterChoice;
import io.codis.core.failover.Observation;
import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Group;
import io.codis.core.topology.MemberCommand;
import io.codis.core.topology.PromotionCommand.PromotionCleared;
import io.codis.core.topology.PromotionCommand.PromotionFinished;
import io.codis.core.topology.PromotionCommand.PromotionPrepared;
import io.codis.core.topology.PromotionCommand.RestartPromotion;
import io.codis.core.topology.PromotionCommand.StartPromotion;
import io.codis.core.wire.ServerState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The dashboard: who is master of each group, and the engines' own deaths. */
final class RoleSteps {

    private final Model model;
    private final Map<Facts, Decision> needs = new HashMap<>();
    private final Map<Facts, Decision> proofs = new HashMap<>();

    RoleSteps(Model model) {
        this.model = model;
    }

    void add(World world, Steps steps) {
        for (int group = 1; group <= 2; group++) {
            group(world, group, steps);
        }
        for (int s = 0; s < View.SERVERS; s++) {
            engine(world, s, steps);
        }
    }

    private void group(World world, int id, Steps steps) {
        Group group = model.stored(world).group(id);
        switch (group.promotion()) {
            case Promotion.None ignored -> none(world, group, steps);
            case Promotion.Preparing p -> preparing(world, group, p, steps);
            case Promotion.Prepared p -> prepared(world, group, p, steps);
            case Promotion.Finished ignored -> finished(world, group, steps);
        }
    }

    private void none(World world, Group group, Steps steps) {
        if (need(world, group) instanceof Decision.Promote(String member, Promotion.Kind kind)) {
            model.store(
                    steps, world, "promotion of " + member + " starts", new StartPromotion(group.id(), member, kind));
        }
        for (String candidate : group.candidates()) {
            model.storeOnce(
                    steps,
                    world,
                    "switchover to " + candidate,
                    new StartPromotion(group.id(), candidate, Promotion.Kind.SWITCHOVER),
                    Budget.SWITCHOVER);
        }
        boolean served = need(world, group) instanceof Decision.Nothing;
        for (String candidate : served ? group.candidates() : List.<String>of()) {
            model.storeOnce(
                    steps,
                    world,
                    candidate + " is let go",
                    new MemberCommand.DropCandidate(group.id(), candidate, true),
                    Budget.DROP);
        }
        attach(world, group, steps);
    }

    private void attach(World world, Group group, Steps steps) {
        int master = model.stored(world).master[group.id()];
        if (world.role[master] != World.MASTER || world.epoch[master] != group.epoch()) {
            return;
        }
        for (var member : group.replicas()) {
            int s = View.server(member.address());
            boolean attached = world.role[s] == World.REPLICA && world.master[s] == master;
            if (!attached && model.controls(world, s)) {
                steps.step(member.address() + " is attached", world, w -> {
                    w.synchronise(s, master);
                    w.epoch[s] = (int) group.epoch();
                    w.dataEpoch[s] = (int) group.epoch();
                    w.promised[s] = Math.max(w.promised[s], w.epoch[s]);
                });
            }
            if (attached && member.candidacy() == Candidacy.OUT && !world.left(Budget.DROP)) {
                model.store(
                        steps,
                        world,
                        member.address() + " is awaited",
                        new MemberCommand.AwaitReplica(group.id(), member.address()));
            }
            if (world.caughtUp(s, master)
                    && member.candidacy() == Candidacy.AWAITED
                    && allAwait(world, group.id(), s)) {
                model.store(
                        steps,
                        world,
                        member.address() + " is a candidate",
                        new MemberCommand.AdmitCandidate(group.id(), member.address()));
            }
        }
    }

    private boolean allAwait(World world, int group, int server) {
        View stored = model.stored(world);
        for (int p = 0; p < View.PROXIES; p++) {
            if (stored.login[p] != 0 && (model.table(world, p).awaited[group] & 1 << server) == 0) {
                return false;
            }
        }
        return true;
    }

    private void preparing(World world, Group group, Promotion.Preparing p, Steps steps) {
        int master = model.stored(world).master[group.id()];
        if (p.kind() == Promotion.Kind.SWITCHOVER) {
            if (world.role[master] != World.MASTER) {
                restart(world, group, steps);
            } else if (barrier(world, group.id())) {
                model.store(
                        steps,
                        world,
                        "promotion is prepared",
                        new PromotionPrepared(group.id(), p.member(), run(world, View.server(p.member()))));
            }
            return;
        }
        for (var member : group.members()) {
            int s = View.server(member.address());
            if (model.controls(world, s) && world.promised[s] < p.epoch()) {
                steps.step(member.address() + " promises", world, w -> {
                    w.promised[s] = (int) p.epoch();
                    w.fence(s);
                });
            }
        }
        var proof = prove(world, group, p);
        if (proof instanceof Decision.Promote(String member, Promotion.Kind ignored) && barrier(world, group.id())) {
            model.store(
                    steps,
                    world,
                    "promotion of " + member + " is prepared",
                    new PromotionPrepared(group.id(), member, run(world, View.server(member))));
        }
    }

    private void prepared(World world, Group group, Promotion.Prepared p, Steps steps) {
        int chosen = View.server(p.member());
        if (world.role[chosen] == World.MASTER && world.epoch[chosen] == p.epoch()) {
            finish(world, group, p, steps);
            return;
        }
        if (!model.controls(world, chosen) || world.promised[chosen] > p.epoch()) {
            return;
        }
        if (model.on(Rule.ROLE_NAMES_THE_RUN) && !p.run().equals(run(world, chosen))) {
            restart(world, group, steps);
        } else if (p.kind() == Promotion.Kind.SWITCHOVER) {
            switchover(world, group, p, steps);
        } else {
            give(world, chosen, p, steps);
        }
    }

    private void switchover(World world, Group group, Promotion.Prepared p, Steps steps) {
        int old = model.stored(world).master[group.id()];
        int chosen = View.server(p.member());
        if (!model.controls(world, old)) {
            return;
        }
        boolean all = (world.unbroken[old]
                        && world.unbroken[chosen]
                        && world.dataEpoch[old] == world.dataEpoch[chosen]
                        && world.offset[chosen] >= world.offset[old])
                || !model.on(Rule.SWITCHOVER_WAITS_FOR_OFFSETS);
        if (world.role[old] == World.MASTER) {
            boolean replicating = world.role[chosen] == World.REPLICA && world.master[chosen] == old;
            if (all || !replicating) {
                steps.step("the old master is fenced", world, w -> w.fence(old));
            }
        } else if (all) {
            give(world, chosen, p, steps);
        } else {
            restart(world, group, steps);
        }
    }

    private void give(World world, int chosen, Promotion.Prepared p, Steps steps) {
        View stored = model.stored(world);
        steps.step(p.member() + " becomes master", world, w -> {
            w.fence(chosen);
            w.role[chosen] = World.MASTER;
            w.epoch[chosen] = (int) p.epoch();
            w.dataEpoch[chosen] = (int) p.epoch();
            w.promised[chosen] = (int) p.epoch();
            w.unbroken[chosen] = true;
            w.whole[chosen] = model.on(Rule.A_ROLE_ENDS_THE_PROOF) ? 0 : w.whole[chosen];
            w.moveUser[chosen] = 0;
            w.oldMoveUser[chosen] = 0;
            System.arraycopy(stored.login, 0, w.users[chosen], 0, View.PROXIES);
        });
    }

    private void finish(World world, Group group, Promotion.Prepared p, Steps steps) {
        View stored = model.stored(world);
        for (int slot = 0; slot < View.SLOTS && model.on(Rule.LOGIN_DIES_BEFORE_THE_SOURCE_IS_LEFT); slot++) {
            boolean concerned = stored.action(slot) instanceof SlotAction.Migrating
                    && (stored.group[slot] == group.id() || stored.source[slot] == group.id());
            if (concerned) {
                int target =
                        stored.group[slot] == group.id() ? View.server(p.member()) : stored.master[stored.group[slot]];
                if (world.moveUser[target] != 0) {
                    if (model.controls(world, target)) {
                        steps.step("the move's login is deleted for a new master", world, w -> w.moveUser[target] = 0);
                    }
                    return;
                }
            }
        }
        model.store(steps, world, "promotion is finished", new PromotionFinished(group.id()));
    }

    private void finished(World world, Group group, Steps steps) {
        View stored = model.stored(world);
        for (int p = 0; p < View.PROXIES; p++) {
            boolean knows = model.table(world, p).sameRoute(stored, 0)
                    && model.table(world, p).sameRoute(stored, 1);
            if (stored.login[p] != 0 && !knows) {
                return;
            }
        }
        model.store(steps, world, "promotion is cleared", new PromotionCleared(group.id()));
    }

    /** Whoever is named now, the one with the newest data is chosen again. */
    private void restart(World world, Group group, Steps steps) {
        String present = group.members().getFirst().address();
        model.store(
                steps,
                world,
                "promotion begins again",
                new RestartPromotion(group.id(), present, Promotion.Kind.FAILOVER));
    }

    private static String run(World world, int server) {
        return "run" + world.runs[server];
    }

    private boolean barrier(World world, int group) {
        View stored = model.stored(world);
        for (int slot = 0; slot < View.SLOTS; slot++) {
            boolean concerned = stored.group[slot] == group || stored.source[slot] == group;
            if (concerned && !model.barrier(world, slot)) {
                return false;
            }
        }
        return true;
    }

    private Decision need(World world, Group group) {
        return needs.computeIfAbsent(
                facts(world, group),
                f -> MasterChoice.need(electorate(world, group), seen(world, group), circumstances(world, group)));
    }

    private Decision prove(World world, Group group, Promotion.Preparing p) {
        return proofs.computeIfAbsent(
                facts(world, group),
                f -> MasterChoice.prove(electorate(world, group), p, seen(world, group), circumstances(world, group)));
    }

    /** All that a decision depends on. */
    private Facts facts(World world, Group group) {
        int s = 2 * group.id() - 2;
        long packed = 0;
        for (int server = s; server <= s + 1; server++) {
            packed = packed * 64
                    + world.role[server] * 16
                    + (world.unbroken[server] ? 4 : 0)
                    + (world.isolated[server] ? 2 : 0)
                    + (isWhole(world, group, server) ? 1 : 0);
            packed = packed * 64 + world.epoch[server];
            packed = packed * 64 + world.promised[server];
            packed = packed * 64 + world.dataEpoch[server];
            packed = packed * 64 + world.offset[server];
        }
        return new Facts(group, packed);
    }

    private record Facts(Group group, long packed) {

        @Override
        public int hashCode() {
            return Long.hashCode(packed * 31 + System.identityHashCode(group));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Facts(Group g, long p) && g == group && p == packed;
        }
    }

    private io.codis.core.failover.Electorate electorate(World world, Group group) {
        return group.electorate(model.stored(world).topology.clusterId());
    }

    private Circumstances circumstances(World world, Group group) {
        int master = model.stored(world).master[group.id()];
        boolean lapsed = world.role[master] != World.MASTER || !model.on(Rule.LEASE_MUST_LAPSE);
        return new Circumstances(lapsed, false, false);
    }

    private Map<String, Observation> seen(World world, Group group) {
        var seen = new HashMap<String, Observation>();
        for (var member : group.members()) {
            int s = View.server(member.address());
            seen.put(
                    member.address(),
                    world.isolated[s] ? new Observation.Lost() : new Observation.Answered(state(world, group, s)));
        }
        return seen;
    }

    private ServerState state(World world, Group group, int s) {
        var roles = new ServerState.Role[] {ServerState.Role.FENCED, ServerState.Role.MASTER, ServerState.Role.REPLICA};
        String run = run(world, s);
        return new ServerState(
                model.stored(world).topology.clusterId(),
                group.id(),
                View.address(s),
                world.epoch[s],
                world.promised[s],
                world.dataEpoch[s],
                world.control[s],
                0,
                0,
                roles[world.role[s]],
                world.master[s] < 0 ? null : View.address(world.master[s]),
                true,
                ServerState.Engine.UP,
                "redis 7.0.15",
                run,
                "history",
                world.offset[s],
                world.unbroken[s] ? run : "before",
                true,
                1,
                false,
                false,
                isWhole(world, group, s) ? group.epoch() : 0,
                "",
                false,
                null);
    }

    private void engine(World world, int s, Steps steps) {
        if (!world.queueEmpty(s)) {
            steps.step(View.address(s) + " replicates", world, w -> w.replicate(s));
        }
        if (survives(world, s)) {
            steps.fault(View.address(s) + " dies and is started again", world, Budget.ENGINE_CRASH, w -> crash(w, s));
        }
        if (world.role[s] == World.MASTER) {
            steps.fault(View.address(s) + " ends in good order and is started again", world, Budget.ORDERLY_STOP, w -> {
                w.whole[s] = w.epoch[s];
                restarted(w, s);
                w.control[s] = 0;
                java.util.Arrays.fill(w.users[s], 0);
            });
        }
        if (world.role[s] == World.REPLICA && world.master[s] >= 0) {
            steps.fault(View.address(s) + "'s link breaks", world, Budget.LINK_CUT, w -> w.detach(s));
        }
        if (world.role[s] == World.MASTER) {
            steps.fault(
                    View.address(s) + " is out of the dashboard's reach",
                    world,
                    Budget.ISOLATION,
                    w -> w.isolated[s] = true);
        }
        if (world.isolated[s]) {
            if (world.role[s] == World.MASTER) {
                steps.step(View.address(s) + "'s lease lapses", world, w -> w.fence(s));
            }
            steps.step(View.address(s) + " is within reach again", world, w -> w.isolated[s] = false);
        }
    }

    /** Disks hold the oldest state that they may, so the last member that has not restarted never dies. */
    private boolean survives(World world, int dying) {
        Group group = model.stored(world).group(View.groupOf(dying));
        int master = View.server(group.members().getFirst().address());
        return group.electorate("").eligible().stream()
                .map(View::server)
                .anyMatch(s -> s != dying && (world.unbroken[s] || master == s && isWhole(world, group, s)));
    }

    /** It has ended in good order under this epoch, as far as it says. */
    private boolean isWhole(World world, Group group, int s) {
        return world.whole[s] == group.epoch() || (world.whole[s] != 0 && !model.on(Rule.A_ROLE_ENDS_THE_PROOF));
    }

    private void crash(World w, int s) {
        boolean stays = w.role[s] == World.MASTER && !model.on(Rule.RESTART_ENDS_MASTERSHIP);
        var replicas = new java.util.ArrayList<Integer>();
        for (int r = 0; r < View.SERVERS; r++) {
            if (w.master[r] == s) {
                replicas.add(r);
            }
        }
        if (w.whole[s] != w.epoch[s]) {
            System.arraycopy(model.disk[s], 0, w.value[s], 0, View.SLOTS);
        }
        restarted(w, s);
        if (stays) {
            w.role[s] = World.MASTER;
            replicas.forEach(r -> w.synchronise(r, s));
        } else {
            w.control[s] = 0;
            java.util.Arrays.fill(w.users[s], 0);
        }
    }

    private static void restarted(World w, int s) {
        w.fence(s);
        w.unbroken[s] = false;
        w.runs[s]++;
        w.moveUser[s] = 0;
        w.oldMoveUser[s] = 0;
        w.failedMove[s] = 0;
    }
}
