package io.codis.dashboard.role;

import io.codis.core.failover.Circumstances;
import io.codis.core.failover.Decision;
import io.codis.core.failover.MasterChoice;
import io.codis.core.failover.Observation;
import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.PromotionCommand.RestartPromotion;
import io.codis.core.topology.PromotionCommand.StartPromotion;
import io.codis.core.topology.Topology;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roles of one group: look at its launchers, decide, do one stored step, again. There is no resume code: every round
 * begins from what is stored and what is seen.
 */
final class GroupLoop {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLoop.class);
    private static final Set<Reason> STANDSTILL =
            EnumSet.of(Reason.NOT_READY, Reason.NEEDS_DECISION, Reason.COORDINATOR_LOST);
    /** So long it is told that a group has lost its data: whoever looks now and then is to hear of it. */
    private static final Duration AFRESH_TOLD = Duration.ofHours(1);

    /** A person's wish: this member as master, in this way. */
    private record Wish(String member, Promotion.Kind kind, CompletableFuture<Boolean> done) {}

    private final int gid;
    private final RoleEnvironment environment;
    private final ClusterState state;
    private final Strangers strangers;
    private final Launchers launchers;
    private final GroupWatch watch;
    private final Failover failover;
    private final Promoter promoter;
    private final Switchover switchover;
    private final Replicas replicas;
    private final Leases leases;
    private final OwnLogins logins;
    private final ConcurrentLinkedQueue<Wish> wishes = new ConcurrentLinkedQueue<>();
    private final Semaphore wake = new Semaphore(0);

    private volatile @Nullable Group lastTold;
    private volatile boolean over;
    private @Nullable Wish underWay;
    private long waitingSince;
    private long afreshSince;
    private String lastProblem = "";

    GroupLoop(int gid, RoleEnvironment environment, Strangers strangers) {
        this.gid = gid;
        this.environment = environment;
        this.state = environment.state();
        this.strangers = strangers;
        this.launchers = new Launchers(environment.servers().launchers(), state);
        var engines = new DirectAccess(environment.servers().engines());
        this.leases = new Leases(gid, state, launchers, environment.times());
        this.watch = new GroupWatch(
                launchers, engines, environment.proxies().view(), environment.times(), environment.notices());
        this.logins = new OwnLogins(launchers);
        this.failover = new Failover(environment, launchers, engines, leases);
        this.promoter = new Promoter(environment, launchers, leases);
        this.switchover = new Switchover(environment, launchers, engines);
        this.replicas = new Replicas(environment, launchers, engines, leases);
    }

    int group() {
        return gid;
    }

    Leases leases() {
        return leases;
    }

    /** Looks at once. */
    void wake() {
        wake.release();
    }

    /** Looks at once if the stored group is not the one of before: other groups change often while slots move. */
    void changed(Group now) {
        if (!now.equals(lastTold)) {
            lastTold = now;
            wake();
        }
    }

    /** Completes when {@code member} is master of the group. */
    CompletableFuture<Boolean> wish(String member, Promotion.Kind kind) {
        var wish = new Wish(member, kind, new CompletableFuture<>());
        wishes.add(wish);
        if (over) {
            refuseWishes();
        }
        wake();
        return wish.done();
    }

    /** Who has most of the group's data, for a person who gives up the rest. */
    ServerState mostLeft() {
        Topology topology = state.topology();
        Group group = topology.group(gid);
        List<String> members = group.members().stream().map(Member::address).toList();
        Collection<ServerState> answered =
                launchers.ask(members, launchers::state).values();
        return MasterChoice.mostLeft(group.electorate(topology.clusterId()), answered)
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_READY, "group-[" + gid + "]: no server answers that could become master"));
    }

    /** Until this dashboard no longer leads, the group is gone, or the thread is interrupted. */
    void run() throws InterruptedException {
        try {
            rounds();
        } finally {
            over = true;
            refuseWishes();
        }
    }

    private void rounds() throws InterruptedException {
        while (state.leading() && state.topology().groups().containsKey(gid)) {
            long before = state.topology().group(gid).hashCode();
            boolean failed = !round();
            Group now = state.topology().groups().get(gid);
            boolean moved = now != null && now.hashCode() != before;
            if (failed || !moved) {
                boolean ignored = wake.tryAcquire(environment.times().tick().toMillis(), TimeUnit.MILLISECONDS);
            }
            wake.drainPermits();
        }
    }

    /** Nobody waits for what will not be done. */
    private void refuseWishes() {
        var refused = new CodisException(Reason.NOT_READY, "this dashboard no longer leads, or the group is gone");
        if (underWay != null) {
            underWay.done().completeExceptionally(refused);
        }
        for (Wish next = wishes.poll(); next != null; next = wishes.poll()) {
            next.done().completeExceptionally(refused);
        }
    }

    /** Does this while no round is under way: none goes by what was stored before. */
    synchronized <T> T between(Supplier<T> action) {
        return action.get();
    }

    private synchronized boolean round() {
        try {
            Topology topology = state.topology();
            Group group = topology.groups().get(gid);
            if (group != null && !group.members().isEmpty()) {
                step(topology, group);
            }
            lastProblem = "";
            return true;
        } catch (CodisException e) {
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(lastProblem)) {
                lastProblem = problem;
                LOG.warn(
                        "event=role-step-failed group={} reason={} cause={}",
                        gid,
                        e.reason().word(),
                        problem);
            }
            return false;
        } catch (RuntimeException e) {
            LOG.error("event=role-step-failed group={}", gid, e);
            return false;
        }
    }

    private void step(Topology topology, Group group) {
        switch (group.promotion()) {
            case Promotion.None ignored -> quiet(topology, group);
            case Promotion.Preparing preparing -> prepare(group, preparing);
            case Promotion.Prepared prepared -> {
                promoter.promote(group, prepared);
                if (prepared.kind() == Promotion.Kind.AFRESH
                        && state.topology().group(gid).promotion() instanceof Promotion.Finished) {
                    begunAfresh();
                }
            }
            case Promotion.Finished finished -> {
                promoter.finish(group, finished);
                watch.forget();
                answer(finished.member());
            }
        }
    }

    private void quiet(Topology topology, Group group) {
        Map<String, Observation> seen = watch.look(group);
        strangers.seen(group, seen);
        logins.renew(seen);
        replicas.keepFenced(group, seen);
        Decision decision = MasterChoice.need(
                group.electorate(topology.clusterId()),
                seen,
                new Circumstances(false, patienceOver(), strangersHoldData()));
        switch (decision) {
            case Decision.Nothing ignored -> {
                healthy();
                refuseLoss();
                if (!beginWish(group) && !relieve(topology, group, seen)) {
                    replicas.tend(group, seen);
                }
            }
            case Decision.Promote(String member, Promotion.Kind kind) -> {
                LOG.warn(
                        "event=promotion-begins group={} member={} kind={} seen=\"{}\"",
                        gid,
                        member,
                        kind,
                        GroupWatch.brief(seen));
                state.commit(new StartPromotion(gid, member, kind));
            }
            case Decision.Wait wait -> waiting(group, wait);
            case Decision.NeedsDecision needs -> needs(group, needs);
        }
    }

    /** A master that is told to stop is replaced while it still serves; whether that was begun. */
    private boolean relieve(Topology topology, Group group, Map<String, Observation> seen) {
        Optional<String> heir = MasterChoice.heir(group.electorate(topology.clusterId()), seen);
        heir.ifPresent(member -> {
            LOG.info("event=master-leaves group={} heir={}", gid, member);
            switchover.prepare(group, member);
        });
        return heir.isPresent();
    }

    private void prepare(Group group, Promotion.Preparing promotion) {
        if (promotion.kind() == Promotion.Kind.SWITCHOVER) {
            switchover.rollBack(gid, new CodisException(Reason.NOT_READY, "it was interrupted"));
            return;
        }
        if (forced(group)) {
            return;
        }
        switch (failover.prepare(group, promotion, patienceOver(), strangersHoldData())) {
            case Decision.Promote ignored -> healthy();
            case Decision.Nothing ignored -> healthy();
            case Decision.Wait wait -> waiting(group, wait);
            case Decision.NeedsDecision needs -> needs(group, needs);
        }
    }

    private void healthy() {
        waitingSince = 0;
        STANDSTILL.forEach(reason -> environment.notices().clear(reason, object()));
        if (afreshSince != 0 && System.nanoTime() - afreshSince > AFRESH_TOLD.toNanos()) {
            afreshSince = 0;
            environment.notices().clear(Reason.DATA_GONE, object());
        }
    }

    private void begunAfresh() {
        if (state.topology().slots().stream().noneMatch(slot -> slot.concerns(gid))) {
            return;
        }
        afreshSince = System.nanoTime();
        environment
                .notices()
                .set(
                        Reason.DATA_GONE,
                        object(),
                        "the data of group " + gid
                                + " is gone: all its servers, which have no storage, were gone at once;"
                                + " the group has begun again empty. Servers with redisSpec.storageResources keep their"
                                + " data");
    }

    /** The one reason why the group has no master that serves; it stays until there is one, or another reason. */
    private void standstill(Reason why, String message) {
        STANDSTILL.stream()
                .filter(reason -> reason != why)
                .forEach(reason -> environment.notices().clear(reason, object()));
        environment.notices().set(why, object(), message);
    }

    private void waiting(Group group, Decision.Wait wait) {
        if (waitingSince == 0) {
            waitingSince = System.nanoTime();
            LOG.info("event=waiting group={} members={} why=\"{}\"", gid, wait.members(), wait.why());
        }
        boolean named =
                wait.members().isEmpty() || wait.why().contains(wait.members().toString());
        standstill(Reason.NOT_READY, named ? wait.why() : wait.why() + " " + wait.members());
        beginWish(group);
    }

    private void needs(Group group, Decision.NeedsDecision needs) {
        standstill(needs.reason(), needs.explanation());
        beginWish(group);
    }

    private boolean strangersHoldData() {
        return environment.servers().lost().getAsBoolean() || strangers.hold(gid);
    }

    private boolean patienceOver() {
        return waitingSince != 0
                && System.nanoTime() - waitingSince
                        > environment.times().patience().toNanos();
    }

    /** A master that serves is given up by a switchover only. */
    private void refuseLoss() {
        Wish next = wishes.peek();
        if (next != null && next.kind() == Promotion.Kind.FORCED && wishes.remove(next)) {
            next.done()
                    .completeExceptionally(new CodisException(
                            Reason.NOT_READY, object() + " has a master that serves; nothing has to be given up"));
        }
    }

    /** Begins what a person asked for; whether something was begun. */
    private boolean beginWish(Group group) {
        Wish next = wishes.poll();
        if (next == null) {
            return false;
        }
        try {
            if (group.indexOf(next.member()) == 0 && next.kind() == Promotion.Kind.SWITCHOVER) {
                next.done().complete(true);
                return false;
            }
            underWay = next;
            if (next.kind() == Promotion.Kind.SWITCHOVER) {
                switchover.prepare(group, next.member());
            } else {
                force(group, next.member());
            }
            return true;
        } catch (CodisException e) {
            underWay = null;
            next.done().completeExceptionally(e);
            // whoever asks again and again must not keep the replicas from what would let the wish come true
            return !group.equals(state.topology().groups().get(gid));
        }
    }

    private boolean forced(Group group) {
        Wish next = wishes.peek();
        return next != null && next.kind() == Promotion.Kind.FORCED && beginWish(group);
    }

    private void force(Group group, String member) {
        LOG.warn("event=loss-accepted group={} member={}", gid, member);
        state.commit(
                group.promotion() instanceof Promotion.None
                        ? new StartPromotion(gid, member, Promotion.Kind.FORCED)
                        : new RestartPromotion(gid, member, Promotion.Kind.FORCED));
    }

    private void answer(String master) {
        Wish wish = underWay;
        underWay = null;
        if (wish == null) {
            return;
        }
        if (wish.member().equals(master)) {
            wish.done().complete(true);
        } else {
            wish.done()
                    .completeExceptionally(new CodisException(
                            Reason.NOT_READY,
                            "group-[" + gid + "]: " + master + " is master and not " + wish.member()));
        }
    }

    private String object() {
        return "group-[" + gid + "]";
    }
}
