package io.codis.server.role;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.ServerState.Engine;
import io.codis.infra.secret.ClusterSecret;
import io.codis.server.engine.EngineControl;
import io.codis.server.engine.EngineReport;
import io.codis.server.engine.EngineRun;
import io.codis.server.engine.EngineWatch;
import io.codis.server.engine.EngineWatch.Observation;
import io.codis.server.engine.SettingsKeeper;
import io.codis.server.identity.Identity;
import io.codis.server.identity.IdentityFile;
import io.codis.server.role.Standing.Fenced;
import io.codis.server.role.Standing.Replica;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the orders of the control plane. Whatever an order promises is on disk before it takes effect; an order of an
 * older leader or epoch than was seen is refused with {@link Reason#STALE_EPOCH} and changes nothing.
 */
public final class RoleKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(RoleKeeper.class);
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final Duration WRITTEN = Duration.ofSeconds(1);

    private final ClusterSecret secret;
    private final IdentityFile identity;
    private final EngineControl control;
    private final EngineWatch watch;
    private final SettingsKeeper settings;
    private final Fencer fencer;
    private final RoleState state;
    private final ReentrantLock orders = new ReentrantLock();

    public RoleKeeper(
            ClusterSecret secret,
            IdentityFile identity,
            EngineControl control,
            EngineWatch watch,
            SettingsKeeper settings,
            RoleState state) {
        this.secret = secret;
        this.identity = identity;
        this.control = control;
        this.watch = watch;
        this.settings = settings;
        this.state = state;
        this.fencer = state.fencer();
    }

    /** {@code PUT /api/server/control}: the dashboard that leads in this epoch may log in, no earlier one may. */
    public ServerState control(long leaderEpoch) {
        return ordered(() -> {
            identity.update(now -> heard(now, leaderEpoch));
            control.admit(login("ctl-" + leaderEpoch), leaderEpoch);
        });
    }

    /** {@code PUT /api/server/promise}: detached from every master of a lower epoch, for good. */
    public ServerState promise(long leaderEpoch, long epoch) {
        return ordered(() -> {
            identity.update(now -> heard(now, leaderEpoch).withPromise(notBelow(now.promised(), epoch)));
            if (state.epochInForce() < epoch && !state.seenFenced()) {
                fencer.fence("promised epoch " + epoch);
            }
        });
    }

    /** {@code PUT /api/server/role}. */
    public ServerState role(RoleOrder order) {
        return ordered(() -> {
            if (order.master() != null && state.damaged()) {
                identity.update(now -> replica(now, order, ""));
                state.setAside();
            }
            Observation seen = watch.fresh(LOOK);
            EngineReport report = seen.report();
            EngineRun run = seen.run();
            if (report == null || run == null || seen.phase() != Engine.UP) {
                throw new CodisException(
                        Reason.NOT_READY, "the engine is " + seen.phase() + " and can take no role now");
            }
            // nobody uses an engine that does not have them
            settings.ready(report);
            if (order.master() == null) {
                becomeMaster(order, report);
            } else {
                replicate(order, order.master(), report);
            }
        });
    }

    /** {@code PUT /api/server/lease}: a master may stay master for longer. */
    public ServerState lease(long leaderEpoch, long epoch, long clock) {
        if (identity.current().leaderEpoch() != leaderEpoch) {
            identity.update(now -> heard(now, leaderEpoch));
        }
        state.confirm(epoch, clock);
        return state.now(LOOK);
    }

    /** {@code PUT /api/server/fence}. */
    public ServerState fence(long leaderEpoch) {
        return ordered(() -> {
            heard(identity.current(), leaderEpoch);
            fencer.fence("ordered by leader " + leaderEpoch);
            identity.update(now -> heard(now, leaderEpoch));
        });
    }

    /** {@code PUT /api/server/wipe}: a fenced server forgets its data and whose it was. */
    public ServerState wipe(long leaderEpoch) {
        return ordered(() -> {
            identity.update(now -> heard(now, leaderEpoch));
            if (!(state.standing() instanceof Fenced)) {
                throw new CodisException(Reason.NOT_READY, "only a fenced server can be wiped; fence it first");
            }
            state.wipe();
        });
    }

    /** {@code PUT /api/server/map}: the cluster as it is now, for the day when the coordinator has lost it (safety rule 18). */
    public void keep(long leaderEpoch, JsonNode map) {
        identity.update(now -> {
            Identity heard = heard(now, leaderEpoch);
            String clusterId = map.path("cluster_id").asText();
            if (now.clusterId().isEmpty()) {
                throw new CodisException(Reason.NOT_READY, now.member() + " has had no role in any cluster yet");
            }
            if (!now.clusterId().equals(clusterId)) {
                throw new CodisException(
                        Reason.FOREIGN_SERVER,
                        now.member() + " belongs to cluster \"" + now.clusterId() + "\", not to \"" + clusterId + "\"");
            }
            if (now.map() != null && newer(now.map(), map)) {
                throw new CodisException(Reason.STALE_VERSION, now.member() + " has been told a newer map");
            }
            return heard.withMap(map);
        });
    }

    /** {@code GET /api/server/identity}. */
    public Identity identity() {
        return identity.current();
    }

    /** Before the engine ends for good: no more writes, the replicas have all of them, the last offset is on disk. */
    public void retire(Duration patience) {
        orders.lock();
        try {
            fencer.fence("the launcher stops");
            control.drain(patience);
            Observation last = watch.fresh(LOOK);
            state.progress().record(last, new Fenced());
            proveWhole();
        } finally {
            orders.unlock();
        }
    }

    /** Who has been master until now need wait for nobody after its next start (decision 30). */
    private void proveWhole() {
        Identity now = identity.current();
        if (now.role() != ServerState.Role.MASTER || !control.hasWritten(now.roleRunId(), WRITTEN)) {
            return;
        }
        try {
            state.sync();
            identity.update(Identity::whole);
            LOG.info("every write is on disk epoch={}", now.epoch());
        } catch (UncheckedIOException | CodisException e) {
            LOG.warn("not proven that every write is on disk epoch={} cause=\"{}\"", now.epoch(), e.getMessage());
        }
    }

    /** Whether a master of {@code epoch} may go on, as far as this member of its group knows. */
    public boolean grants(int group, long epoch) {
        if (!mayGrant(group, epoch)) {
            return false;
        }
        state.granting();
        // again: whoever has a promise that is not seen here sees in its state that this was granted
        return mayGrant(group, epoch);
    }

    private boolean mayGrant(int group, long epoch) {
        Identity now = identity.current();
        return now.group() == group && now.promised() <= epoch;
    }

    private static boolean newer(JsonNode one, JsonNode other) {
        int byLeader = Long.compare(
                one.path("leader_epoch").asLong(), other.path("leader_epoch").asLong());
        return byLeader != 0
                ? byLeader > 0
                : one.path("version").asLong() > other.path("version").asLong();
    }

    private void becomeMaster(RoleOrder order, EngineReport report) {
        state.refuseLate(order);
        if (!report.runId().equals(order.run())) {
            throw new CodisException(
                    Reason.ENGINE_RESTARTED,
                    "the order is for run \"%s\" of the engine, this is \"%s\"".formatted(order.run(), report.runId()));
        }
        identity.update(now -> {
            Identity heard = belongs(heard(now, order.leaderEpoch()), order);
            boolean sameAgain =
                    now.role() == ServerState.Role.MASTER && now.roleRunId().equals(report.runId());
            if (order.epoch() < now.promised() || (order.epoch() == now.epoch() && !sameAgain)) {
                throw stale("role of epoch " + order.epoch(), now);
            }
            return heard.asMaster(order.epoch(), report.runId());
        });
        state.promoting(order, report.run(), report.runId());
        try {
            EngineReport after = control.becomeMaster(replication(order.group()), report.run());
            if (!after.isMaster() || !after.runId().equals(report.runId())) {
                throw new CodisException(Reason.NOT_READY, "the engine restarted while it was made master");
            }
            state.settled();
        } catch (CodisException e) {
            fencer.fence("could not be made master: " + e.getMessage());
            throw e;
        }
        LOG.info("master epoch={} group={}", order.epoch(), order.group());
    }

    private void replicate(RoleOrder order, String master, EngineReport report) {
        Identity stored = identity.update(now -> replica(now, order, report.runId()));
        boolean another = !(state.standing() instanceof Replica(var run, var epoch, var since, String current))
                || run != report.run()
                || !current.equals(master);
        state.following(order, report.run(), master);
        try {
            control.replicate(master, replication(stored.group()), report.run());
            state.settled();
        } catch (CodisException e) {
            fencer.fence("could not be made a replica: " + e.getMessage());
            throw e;
        }
        if (another) {
            LOG.info("replica epoch={} group={} master={}", order.epoch(), order.group(), master);
        }
    }

    private Identity replica(Identity now, RoleOrder order, String runId) {
        Identity heard = belongs(heard(now, order.leaderEpoch()), order);
        if (order.epoch() < now.promised() || state.masterUnder(order.epoch())) {
            throw stale("role of epoch " + order.epoch(), now);
        }
        return heard.asReplica(order.epoch(), runId);
    }

    private ServerState ordered(Runnable order) {
        orders.lock();
        try {
            order.run();
        } finally {
            orders.unlock();
        }
        return state.now(LOOK);
    }

    private Credentials replication(int group) {
        return login("repl-" + group);
    }

    private Credentials login(String user) {
        return new Credentials(user, secret.derive(user));
    }

    private static Identity heard(Identity now, long leaderEpoch) {
        if (leaderEpoch < now.leaderEpoch()) {
            throw stale("leader epoch " + leaderEpoch, now);
        }
        return leaderEpoch == now.leaderEpoch() ? now : now.withLeader(leaderEpoch);
    }

    private static long notBelow(long promised, long epoch) {
        if (epoch < promised) {
            throw new CodisException(
                    Reason.STALE_EPOCH, "promise of epoch " + epoch + ": epoch " + promised + " is promised already");
        }
        return epoch;
    }

    private static Identity belongs(Identity now, RoleOrder order) {
        if (now.clusterId().isEmpty()) {
            return now.adopted(order.clusterId(), order.group());
        }
        if (!now.clusterId().equals(order.clusterId()) || now.group() != order.group()) {
            throw new CodisException(
                    Reason.FOREIGN_SERVER,
                    now.member() + " belongs to cluster \"" + now.clusterId() + "\", group " + now.group()
                            + " and not to cluster \"" + order.clusterId() + "\", group " + order.group());
        }
        return now;
    }

    private static CodisException stale(String what, Identity now) {
        return new CodisException(
                Reason.STALE_EPOCH,
                what + " refused by " + now.member() + ": leader epoch " + now.leaderEpoch() + ", promised epoch "
                        + now.promised() + ", role " + now.role() + " of epoch " + now.epoch());
    }
}
