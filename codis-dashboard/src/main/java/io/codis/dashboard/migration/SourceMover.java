package io.codis.dashboard.migration;

import io.codis.core.failover.Promotion;
import io.codis.core.migration.SlotAction;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.Slot;
import io.codis.core.topology.SlotStep;
import io.codis.core.topology.Topology;
import io.codis.dashboard.proxy.ProxyFleet;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the moves out of one group from step to step, each read from what is stored, so that it makes no difference which
 * dashboard has taken the step before. See docs/architecture.md, "Moving slots".
 */
final class SourceMover {

    private static final Logger LOG = LoggerFactory.getLogger(SourceMover.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final int source;
    private final MoveTools tools;
    private final ProxyFleet fleet;
    private final Durability durability;
    private final Leftovers leftovers;
    private final MoveProgress progress;
    private final NextSlots nextSlots;

    /** Servers of these moves could not write the last one down; clients are not locked out to try it. */
    private boolean unknown;

    SourceMover(
            int source,
            MoveTools tools,
            ProxyFleet fleet,
            Durability durability,
            Leftovers leftovers,
            MoveProgress progress) {
        this.source = source;
        this.tools = tools;
        this.fleet = fleet;
        this.durability = durability;
        this.leftovers = leftovers;
        this.progress = progress;
        this.nextSlots = new NextSlots(source, tools, leftovers, progress);
    }

    /**
     * Takes one step.
     *
     * @return false when there is nothing to do now
     * @throws CodisException the step did not succeed and is to be tried again
     */
    boolean step() throws InterruptedException {
        Topology topology = tools.state().topology();
        var acting = topology.slots().stream()
                .filter(s -> s.group() == source && !s.idle())
                .toList();
        progress.open(
                acting.size(),
                acting.stream().mapToInt(s -> s.action().target()).min().orElse(0));
        if (acting.stream().anyMatch(s -> promoting(topology, s))) {
            return false;
        }
        var begun = acting.stream()
                .filter(s -> !is(SlotAction.Pending.class).test(s))
                .toList();
        return begun.isEmpty() ? begin(topology, acting) : advance(topology, begun);
    }

    private boolean advance(Topology topology, List<Slot> begun) throws InterruptedException {
        var finished = begun.stream().filter(is(SlotAction.Finished.class)).toList();
        if (!finished.isEmpty()) {
            return complete(topology, finished);
        }
        var locking = begun.stream()
                .filter(is(SlotAction.Preparing.class).or(is(SlotAction.Swapping.class)))
                .toList();
        if (!locking.isEmpty()) {
            return lock(topology, locking);
        }
        var prepared = begun.stream().filter(is(SlotAction.Prepared.class)).toList();
        if (!prepared.isEmpty()) {
            return open(topology, prepared);
        }
        var turning = begun.stream()
                .filter(s -> tools.settings().turning().contains(s.id()))
                .toList();
        return turning.isEmpty() ? move(topology, begun) : turn(topology, turning);
    }

    /** The way back begins with a barrier of its own; here nothing of these slots is being copied. */
    private boolean turn(Topology topology, List<Slot> slots) {
        commit(SlotStep.Step.SWAP, batch(topology, slots).slots());
        slots.forEach(slot -> tools.settings().turning().remove(slot.id()));
        return true;
    }

    private boolean begin(Topology topology, List<Slot> pending) throws InterruptedException {
        if (tools.settings().disabled() || held()) {
            return false;
        }
        var next = pending.stream()
                .filter(s -> ready(topology, s.action().target()))
                .sorted(Comparator.comparingInt(s -> s.action().index()))
                .limit(source == 0 ? pending.size() : tools.settings().parallelSlots())
                .toList();
        if (next.isEmpty() || !ready(topology, source)) {
            return false;
        }
        SlotBatch batch = batch(topology, next);
        if (unknown) {
            tools.maps().hold(batch.groups());
        }
        var locks = batch.targetServers().keySet().stream()
                .sorted()
                .map(leftovers::lock)
                .toList();
        locks.forEach(ReentrantLock::lock);
        try {
            var first = source == 0 ? batch.slots() : nextSlots.choose(topology, batch);
            if (first.isEmpty()) {
                return false;
            }
            after("chosen");
            if (source == 0) {
                commit(SlotStep.Step.PREPARE, first);
                return true;
            }
            return tools.settings().hold().unlessHeld(() -> commit(SlotStep.Step.PREPARE, first));
        } finally {
            locks.forEach(ReentrantLock::unlock);
        }
    }

    /** Slots that belong to nobody have no keys that a hold could be for. */
    private boolean held() {
        return source != 0 && tools.settings().hold().held();
    }

    private boolean lock(Topology topology, List<Slot> slots) {
        SlotBatch batch = batch(topology, slots);
        var known = new FutureTask<>(() -> tools.maps().hold(batch.groups()), true);
        Thread.ofVirtual().name("hold-" + source).start(known);
        fleet.pass(batch.masters());
        held(known, slots);
        after("locked");
        commit(SlotStep.Step.PREPARED, batch.slots());
        return true;
    }

    /**
     * Before keys may lie on both sides, both groups have it on their volumes, as a rebuilt map must know it (safety rule 5);
     * told while the proxies lock, so that it costs clients nothing. Without that nothing has begun, and clients go on.
     */
    private void held(FutureTask<Boolean> known, List<Slot> slots) {
        try {
            known.get();
            unknown = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
        } catch (ExecutionException e) {
            unknown = true;
            var open = slots.stream().filter(is(SlotAction.Preparing.class)).map(Slot::id);
            var unlocked = open.collect(Collectors.toCollection(TreeSet::new));
            if (!unlocked.isEmpty()) {
                commit(SlotStep.Step.ROLL_BACK, unlocked);
            }
            throw e.getCause() instanceof CodisException problem
                    ? problem
                    : new CodisException(Reason.INTERNAL, String.valueOf(e.getCause()), e);
        }
    }

    private boolean open(Topology topology, List<Slot> slots) {
        SlotBatch batch = batch(topology, slots);
        if (source != 0 && broken(batch)) {
            renewLogin(batch, "found before the move");
            return true;
        }
        setUp(batch);
        after("set-up");
        commit(SlotStep.Step.MIGRATE, batch.slots());
        return true;
    }

    private boolean move(Topology topology, List<Slot> slots) throws InterruptedException {
        SlotBatch batch = batch(topology, slots);
        if (source != 0) {
            if (broken(batch)) {
                renewLogin(batch, "a MIGRATE broke");
                return true;
            }
            setUp(batch);
            if (batch.slots().stream().anyMatch(nextSlots::knows)) {
                copyKnown(batch);
                return true;
            }
            if (beginMore(topology, batch)) {
                return true;
            }
            copyAll(topology, batch);
        }
        after("copied-all");
        commit(SlotStep.Step.FINISH, batch.slots());
        return true;
    }

    private void copyKnown(SlotBatch batch) throws InterruptedException {
        Keys known = nextSlots.take(batch.slots());
        copying(batch, () -> new CopyPass(tools, batch, progress).run(nextSlots.largest(), known));
        after("copied-known");
    }

    /** The next slots whose keys are known join those under way; all of them end together. */
    private boolean beginMore(Topology topology, SlotBatch batch) throws InterruptedException {
        int room = tools.settings().parallelSlots() - batch.slots().size();
        var more = topology.slots().stream()
                .filter(s -> s.group() == source && is(SlotAction.Pending.class).test(s) && nextSlots.knows(s.id()))
                .limit(Math.max(0, room))
                .toList();
        return !more.isEmpty() && begin(topology, more);
    }

    private void copyAll(Topology topology, SlotBatch batch) throws InterruptedException {
        KeyIndex next = nextSlots.index(topology);
        copying(batch, () -> {
            long found = new CopyPass(tools, batch, progress).run(nextSlots.largest(), next);
            while (found > 0) {
                after("passed");
                found = new CopyPass(tools, batch, progress).run(nextSlots.largest());
            }
        });
        nextSlots.filled(next);
        if (!Durability.gives(tools.state().topology(), source)) {
            return;
        }
        for (String server : new TreeSet<>(batch.targetServers().values())) {
            durability.snapshotIfNeeded(server);
        }
    }

    private interface Copying {
        void run() throws InterruptedException;
    }

    private void copying(SlotBatch batch, Copying passes) throws InterruptedException {
        progress.copying(true);
        try {
            passes.run();
        } catch (MoveFailure e) {
            nextSlots.distrust();
            renewLogin(batch, String.valueOf(e.getMessage()));
            throw new CodisException(Reason.OUTCOME_UNKNOWN, String.valueOf(e.getMessage()), e);
        } finally {
            progress.copying(false);
        }
    }

    private boolean complete(Topology topology, List<Slot> slots) {
        SlotBatch batch = batch(topology, slots);
        fleet.pass(batch.masters());
        after("known");
        commit(SlotStep.Step.COMPLETE, batch.slots());
        tools.settings().turning().removeAll(batch.slots());
        if (source != 0) {
            tools.conditions().clear(Reason.BIG_KEY, "group-[" + source + "]");
            durability.reconcile(source, batch.sourceServer());
        }
        batch.targetServers().forEach(durability::reconcile);
        LOG.info(
                "event=slots-moved source={} targets={} slots={}",
                source,
                batch.targetServers().keySet(),
                slots.size());
        return true;
    }

    /** The logins of this generation exist at the targets, and the engines are set for moving. */
    private void setUp(SlotBatch batch) {
        if (source == 0) {
            return;
        }
        durability.reconcile(source, batch.sourceServer());
        batch.targetServers().forEach((group, server) -> {
            durability.reconcile(group, server);
            fleet.reconcile(server);
        });
    }

    /**
     * The login goes first, with whatever still comes in by it; then the source may forget what broke, and only then
     * anybody gets the next login (safety rule 4).
     *
     * @throws CodisException when a target cannot be told: no key enters there until the next try has succeeded
     */
    private void renewLogin(SlotBatch batch, String cause) {
        LOG.warn("event=move-login-renewed user={} cause={}", batch.login().user(), cause);
        for (String server : new TreeSet<>(batch.targetServers().values())) {
            try (var engine = tools.engines().open(server, TIMEOUT)) {
                engine.call("ACL", "DELUSER", batch.login().user());
            }
        }
        after("login-deleted");
        try (var engine = tools.engines().open(batch.sourceServer(), TIMEOUT)) {
            SourceMemory.forget(engine);
        }
        after("forgotten");
        tools.state().commit(new GroupCommand.NewMoveGeneration(source));
        tools.settings().broken().remove(batch.login().user());
    }

    /** Whether a MIGRATE by the present login broke, by the source's own count or a proxy's word. */
    private boolean broken(SlotBatch batch) {
        if (tools.settings().broken().contains(batch.login().user())) {
            return true;
        }
        try (var engine = tools.engines().open(batch.sourceServer(), TIMEOUT)) {
            return SourceMemory.brokenMoves(engine) != 0;
        }
    }

    private void commit(SlotStep.Step step, TreeSet<Integer> slots) {
        tools.state().commit(new SlotStep(step, slots));
        after(step.name());
    }

    private void commit(SlotStep.Step step, SortedSet<Integer> slots) {
        commit(step, new TreeSet<>(slots));
    }

    private SlotBatch batch(Topology topology, List<Slot> slots) {
        return SlotBatch.of(topology, source, slots, tools.secret());
    }

    private void after(String step) {
        tools.interruption().after(step);
    }

    private static boolean ready(Topology topology, int gid) {
        return gid == 0 || topology.group(gid).initialized();
    }

    private static boolean promoting(Topology topology, Slot slot) {
        return promoting(topology, slot.group())
                || promoting(topology, slot.action().target());
    }

    private static boolean promoting(Topology topology, int gid) {
        Group group = topology.groups().get(gid);
        return group != null && !(group.promotion() instanceof Promotion.None);
    }

    private static Predicate<Slot> is(Class<? extends SlotAction> state) {
        return slot -> state.isInstance(slot.action());
    }
}
