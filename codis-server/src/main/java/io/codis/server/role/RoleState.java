package io.codis.server.role;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.ServerState.Engine;
import io.codis.core.wire.ServerState.Role;
import io.codis.infra.process.BootClock;
import io.codis.server.config.LauncherConfig;
import io.codis.server.engine.EngineControl;
import io.codis.server.engine.EngineReport;
import io.codis.server.engine.EngineRun;
import io.codis.server.engine.EngineSupervisor;
import io.codis.server.engine.EngineWatch;
import io.codis.server.engine.EngineWatch.Observation;
import io.codis.server.engine.SettingsKeeper;
import io.codis.server.identity.Identity;
import io.codis.server.identity.IdentityFile;
import io.codis.server.identity.Volume;
import io.codis.server.role.Standing.Fenced;
import io.codis.server.role.Standing.Master;
import io.codis.server.role.Standing.Replica;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role in force, what the engine shows of it, and both together as {@link ServerState}. */
public final class RoleState {

    private static final Logger LOG = LoggerFactory.getLogger(RoleState.class);
    private static final Duration NEW_RUN = Duration.ofSeconds(5);

    private final IdentityFile identity;
    private final Volume volume;
    private final EngineSupervisor supervisor;
    private final EngineWatch watch;
    private final SettingsKeeper settings;
    private final Fencer fencer;
    private final Progress progress;
    private final BootClock clock = new BootClock();
    private final long leaseMillis;
    private final boolean ephemeral;

    private volatile Standing standing = new Fenced();
    private volatile long granted;
    private volatile boolean loadedOnce;
    private volatile boolean leaving;

    public RoleState(
            IdentityFile identity,
            Volume volume,
            EngineSupervisor supervisor,
            EngineControl control,
            EngineWatch watch,
            SettingsKeeper settings,
            LauncherConfig config) {
        this.identity = identity;
        this.volume = volume;
        this.supervisor = supervisor;
        this.watch = watch;
        this.settings = settings;
        this.progress = new Progress(identity);
        this.leaseMillis = config.lease().toMillis();
        this.ephemeral = config.ephemeral();
        this.granted = clock.millis();
        this.fencer = new Fencer(supervisor, control, this::setFenced);
    }

    Fencer fencer() {
        return fencer;
    }

    Progress progress() {
        return progress;
    }

    BootClock clock() {
        return clock;
    }

    long leaseMillis() {
        return leaseMillis;
    }

    /** The role in force; the end of the engine's run has ended any other. */
    Standing standing() {
        Standing now = standing;
        EngineRun run = supervisor.current();
        long current = run == null ? 0 : run.number();
        return switch (now) {
            case Fenced fenced -> fenced;
            case Master master -> master.run() == current ? master : new Fenced();
            case Replica replica -> replica.run() == current ? replica : new Fenced();
        };
    }

    long epochInForce() {
        return switch (standing()) {
            case Fenced ignored -> 0;
            case Master master -> master.epoch();
            case Replica replica -> replica.epoch();
        };
    }

    /** No role is in force, and the engine says so itself right now. */
    boolean seenFenced() {
        if (!(standing() instanceof Fenced)) {
            return false;
        }
        long asked = System.nanoTime();
        Observation seen = watch.fresh(Duration.ofMillis(300));
        EngineReport report = seen.report();
        return seen.nanos() > asked && report != null && report.fenced();
    }

    boolean masterUnder(long epoch) {
        return standing() instanceof Master master && master.epoch() == epoch;
    }

    /** A master of this group is let go on. */
    void granting() {
        granted = clock.millis();
    }

    synchronized void setFenced() {
        standing = new Fenced();
    }

    /** An order to be master counts from when its sender saw this server's clock. */
    void refuseLate(RoleOrder order) {
        long now = clock.millis();
        if (Lease.first(order.peers().size(), order.clock(), now, leaseMillis).over(now)) {
            throw new CodisException(
                    Reason.TIMED_OUT,
                    "the order to be master was under way for longer than the lease of " + leaseMillis + " ms");
        }
    }

    synchronized void promoting(RoleOrder order, long run, String runId) {
        var lease = Lease.first(order.peers().size(), order.clock(), clock.millis(), leaseMillis);
        // the same order again does not shorten what has been confirmed since
        if (standing() instanceof Master(long sameRun, long epoch, long since, Lease held, var peers)
                && sameRun == run
                && epoch == order.epoch()) {
            standing = new Master(
                    run,
                    epoch,
                    since,
                    order.peers().size() <= 1 || held instanceof Lease.Unneeded ? lease : held,
                    order.peers());
        } else {
            standing = new Master(run, order.epoch(), Standing.BEING_ORDERED, lease, order.peers());
        }
        progress.promoted(run, runId);
    }

    synchronized void following(RoleOrder order, long run, String master) {
        boolean same = standing() instanceof Replica(long sameRun, long epoch, long since, String current)
                && sameRun == run
                && epoch == order.epoch()
                && current.equals(master);
        if (!same) {
            progress.following();
            standing = new Replica(run, order.epoch(), Standing.BEING_ORDERED, master);
        }
    }

    /** The engine has taken the role that was ordered: from now on it must be seen in it. */
    synchronized void settled() {
        long now = System.nanoTime();
        standing = switch (standing) {
            case Fenced fenced -> fenced;
            case Master(long run, long epoch, long ignored, Lease lease, var peers) ->
                new Master(run, epoch, now, lease, peers);
            case Replica(long run, long epoch, long ignored, String master) -> new Replica(run, epoch, now, master);
        };
    }

    /** The dashboard or the peers confirm; a lease that is over is not revived. */
    void confirm(long epoch, long askedAt) {
        long now = clock.millis();
        synchronized (this) {
            if (standing() instanceof Master master
                    && master.epoch() == epoch
                    && !master.lease().over(now)) {
                standing = master.confirmed(askedAt, now, leaseMillis);
                return;
            }
        }
        throw new CodisException(
                Reason.STALE_EPOCH,
                identity.current().member() + " is not master under epoch " + epoch + ", or was not confirmed in time");
    }

    /** All data is on the disk. */
    void sync() {
        volume.sync();
    }

    /** The engine cannot load what is on its volume. */
    boolean damaged() {
        return supervisor.damaged();
    }

    /** The engine starts empty; what it could not load stays beside, for people. */
    void setAside() {
        String why = supervisor.trouble();
        restartWith(() -> {
            // from now on it is no witness of what the group had
            identity.update(now -> now.at("", 0, 0));
            Path aside = volume.setAside();
            progress.wiped();
            LOG.warn(
                    "the engine could not load its data, now in {}; all is taken from the master why=\"{}\"",
                    aside,
                    why);
        });
    }

    /** Removes data and identity between two runs of the engine. */
    void wipe() {
        restartWith(() -> {
            volume.wipe();
            progress.wiped();
            identity.update(Identity::wiped);
        });
    }

    private void restartWith(Runnable work) {
        EngineRun run = supervisor.current();
        long old = run == null ? 0 : run.number();
        supervisor.restartWith(work);
        long deadline = System.nanoTime() + NEW_RUN.toNanos();
        while (System.nanoTime() < deadline) {
            Observation seen = watch.fresh(Duration.ofMillis(100));
            EngineRun now = seen.run();
            if (now != null && now.number() > old && seen.phase() == Engine.UP) {
                return;
            }
        }
        throw new CodisException(
                Reason.TIMED_OUT, "the engine did not come back in " + NEW_RUN + " after its data was removed");
    }

    /** Why this server serves nobody now, as far as its launcher itself knows; empty when it serves. */
    public String unready() {
        Engine phase = watch.last().phase();
        if (phase != Engine.UP) {
            return "the engine is " + phase;
        }
        return switch (standing()) {
            case Fenced ignored -> "fenced: waits for its role";
            case Master ignored -> "";
            case Replica replica -> progress.linked() ? "" : "not in sync with its master " + replica.master();
        };
    }

    /** The launcher has been told to stop; a dashboard that hears it gives the role to another member. */
    public void leave() {
        leaving = true;
    }

    /** Master of a group in which somebody else could be it. */
    public boolean replaceable() {
        return standing() instanceof Master master && master.peers().size() > 1;
    }

    /** All of it, after a look at the engine that takes up to {@code patience}. */
    public ServerState now(Duration patience) {
        Observation seen = watch.fresh(patience);
        EngineReport report = seen.report();
        Identity id = identity.current();
        Role role = role(report);
        return new ServerState(
                id.clusterId(),
                id.group(),
                id.member(),
                id.epoch(),
                id.promised(),
                id.dataEpoch(),
                id.leaderEpoch(),
                clock.millis(),
                granted,
                role,
                role == Role.REPLICA && report != null ? report.master() : null,
                role == Role.REPLICA && progress.linked(),
                seen.phase(),
                report == null ? "" : report.version(),
                report == null ? "" : report.runId(),
                report != null && progress.counts(report) ? report.replid() : id.replid(),
                report != null && progress.counts(report) ? report.offset() : id.offset(),
                progress.completeRunId(),
                hasData(id, report),
                report == null ? -1 : report.keys(),
                leaving,
                ephemeral,
                id.wholeEpoch(),
                supervisor.trouble(),
                damaged(),
                settings.taken());
    }

    /** What the engine does counts, also when it is not what was ordered. */
    private static Role role(@Nullable EngineReport report) {
        if (report == null || report.fenced()) {
            return Role.FENCED;
        }
        return report.isMaster() ? Role.MASTER : Role.REPLICA;
    }

    private boolean hasData(Identity id, @Nullable EngineReport report) {
        if (report != null && report.keys() >= 0) {
            loadedOnce = true;
        }
        return id.hasData() || (report != null && report.keys() > 0) || (volume.hadFiles() && !loadedOnce);
    }
}
