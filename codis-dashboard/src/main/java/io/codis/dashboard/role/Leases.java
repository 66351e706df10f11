package io.codis.dashboard.role;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.Group;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confirms the master of one group again and again, and knows until when a master may hold its role without this
 * dashboard (safety rule 13).
 *
 * <p>A launcher counts a lease from its own clock as it was in a state that we had seen; so it ends no later than T after
 * we had that state. The time is noted before the lease is sent, since it may arrive though its answer does not.
 */
final class Leases {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final int gid;
    private final ClusterState state;
    private final Launchers launchers;
    private final RoleTimes times;
    /** When the last clock that we quoted was read, at the latest; an earlier leader may have quoted one just before us. */
    private final AtomicLong quotedNanos = new AtomicLong(System.nanoTime());

    Leases(int gid, ClusterState state, Launchers launchers, RoleTimes times) {
        this.gid = gid;
        this.state = state;
        this.launchers = launchers;
        this.times = times;
    }

    /** A clock that was read just now is about to be quoted. */
    void quoting() {
        quotedNanos.set(System.nanoTime());
    }

    /** No master of before {@code sinceNanos} can hold its role: no member can have confirmed it since then. */
    boolean lapsed(long sinceNanos) {
        long last = quotedNanos.get() - sinceNanos > 0 ? quotedNanos.get() : sinceNanos;
        return System.nanoTime() - last > times.lease().plus(times.margin()).toNanos();
    }

    /** Until this dashboard no longer leads, or {@code stop} is interrupted. */
    void run() throws InterruptedException {
        Duration pause = times.renewal();
        while (state.leading()) {
            Group group = state.topology().groups().get(gid);
            if (group == null) {
                return;
            }
            pause = renew(group) ? times.renewal() : times.tick();
            Thread.sleep(pause);
        }
    }

    private boolean renew(Group group) {
        if (!group.initialized() || group.members().size() < 2 || !renewable(group.promotion())) {
            return false;
        }
        String master = group.members().getFirst().address();
        try {
            ServerState seen = launchers.state(master);
            if (seen.role() != ServerState.Role.MASTER || seen.epoch() != group.epoch() || !state.leading()) {
                return false;
            }
            quoting();
            launchers.lease(master, group.epoch(), seen.clock());
            return true;
        } catch (CodisException e) {
            LOG.debug("event=lease-not-renewed group={} cause={}", gid, e.getMessage());
            return false;
        }
    }

    /** A master is confirmed unless it is being replaced without its help. */
    private static boolean renewable(Promotion promotion) {
        return switch (promotion) {
            case Promotion.None ignored -> true;
            case Promotion.Preparing preparing -> preparing.kind() == Promotion.Kind.SWITCHOVER;
            case Promotion.Prepared ignored -> false;
            case Promotion.Finished ignored -> true;
        };
    }
}
