package io.codis.server.role;

import io.codis.core.problem.CodisException;
import io.codis.infra.http.ApiClient;
import io.codis.server.engine.EngineReport;
import io.codis.server.engine.EngineWatch;
import io.codis.server.engine.EngineWatch.Observation;
import io.codis.server.identity.IdentityFile;
import io.codis.server.role.Standing.Fenced;
import io.codis.server.role.Standing.Master;
import io.codis.server.role.Standing.Replica;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens without being asked: a master that nobody confirms fences itself, an engine that does something else than
 * was ordered is fenced, and the offset is recorded every second.
 */
public final class RoleTicker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RoleTicker.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration RECORD = Duration.ofSeconds(1);

    private final RoleState state;
    private final EngineWatch watch;
    private final IdentityFile identity;
    private final Peers peers;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean closed;

    private RoleTicker(RoleState state, EngineWatch watch, IdentityFile identity, Peers peers) {
        this.state = state;
        this.watch = watch;
        this.identity = identity;
        this.peers = peers;
    }

    /** {@code self} is this launcher's address as its peers know it. */
    public static RoleTicker of(
            RoleState state, EngineWatch watch, IdentityFile identity, ApiClient client, String self) {
        return new RoleTicker(state, watch, identity, new Peers(client, self));
    }

    /** Begins, on platform threads: a lease must end in time however busy the virtual ones are. */
    public void start() {
        Thread.ofPlatform().daemon().name("role-lease").start(() -> every(TICK, this::tick));
        Thread.ofPlatform().daemon().name("role-record").start(() -> every(RECORD, this::record));
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Writes down how far the data has come. */
    public void record() {
        state.progress().record(watch.last(), state.standing());
    }

    private void tick() {
        if (state.standing() instanceof Master master) {
            keepLease(master);
        }
        compare(watch.last());
    }

    private void keepLease(Master master) {
        long now = state.clock().millis();
        if (master.lease().over(now)) {
            state.fencer().fence("neither the dashboard nor a majority of the group confirmed epoch " + master.epoch());
        } else if (master.lease().endsWithin(state.leaseMillis() / 2, now) && asking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("ask-peers").start(() -> askPeers(master, now));
        }
    }

    private void askPeers(Master master, long askedAt) {
        try {
            if (peers.confirm(master.peers(), identity.current().group(), master.epoch())) {
                state.confirm(master.epoch(), askedAt);
            }
        } catch (CodisException e) {
            LOG.warn("confirmation by the peers came too late epoch={}", master.epoch());
        } finally {
            asking.set(false);
        }
    }

    /** What was seen before the order in force says nothing about it. */
    private void compare(Observation seen) {
        EngineReport report = seen.report();
        if (report == null) {
            return;
        }
        Standing standing = state.standing();
        state.progress().observe(seen, standing);
        switch (standing) {
            case Fenced ignored -> {
                if (!report.fenced()) {
                    fenceUnlessLate(seen);
                }
            }
            case Master master -> {
                if (seen.nanos() > master.since() && !report.isMaster()) {
                    LOG.warn("the engine was made a replica of {} by somebody else", report.master());
                    state.fencer().fence("no longer the master that was ordered");
                }
            }
            case Replica replica -> {
                if (seen.nanos() > replica.since() && !replica.master().equals(report.master())) {
                    LOG.warn("the engine was made to follow {} by somebody else", report.master());
                    state.fencer().fence("no longer the replica that was ordered");
                }
            }
        }
    }

    private void fenceUnlessLate(Observation before) {
        Observation seen = watch.fresh(Duration.ofMillis(300));
        EngineReport report = seen.report();
        boolean later = seen.nanos() > before.nanos();
        if (later && report != null && !report.fenced() && state.standing() instanceof Fenced) {
            state.fencer().fence("the engine has a role that was not ordered");
        }
    }

    private void every(Duration period, Runnable work) {
        while (!closed) {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error(
                        "periodic work failed thread={}", Thread.currentThread().getName(), e);
            }
            try {
                Thread.sleep(period);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
