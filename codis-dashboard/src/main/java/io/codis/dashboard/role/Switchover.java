package io.codis.dashboard.role;

import io.codis.core.failover.Promotion;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.replication.EngineInfo;
import io.codis.core.replication.ReplicationInfo;
import io.codis.core.topology.Group;
import io.codis.core.topology.PromotionCommand.PromotionPrepared;
import io.codis.core.topology.PromotionCommand.RestartPromotion;
import io.codis.core.topology.PromotionCommand.StartPromotion;
import io.codis.core.topology.Topology;
import io.codis.core.wire.ServerState;
import io.codis.infra.redis.RedisConnection;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A planned change of master, in the order of safety rule 12. What fails after the start is rolled back by beginning again
 * under a new epoch, in which whoever has the newest data wins: the old master, or the candidate that has all of it.
 */
final class Switchover {

    private static final Logger LOG = LoggerFactory.getLogger(Switchover.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration EQUAL = Duration.ofSeconds(1);

    private final RoleEnvironment environment;
    private final Launchers launchers;
    private final DirectAccess engines;

    Switchover(RoleEnvironment environment, Launchers launchers, DirectAccess engines) {
        this.environment = environment;
        this.launchers = launchers;
        this.engines = engines;
    }

    /** Up to {@code prepared}; both engines are connected before anything is locked. */
    void prepare(Group group, String target) {
        String master = group.members().getFirst().address();
        try (var from = engines.open(master);
                var to = engines.open(target)) {
            if (launchers.state(target).leaving()) {
                throw new CodisException(Reason.NOT_READY, "server " + target + " is told to stop");
            }
            nearlyEqual(from, to);
            var start = new StartPromotion(group.id(), target, Promotion.Kind.SWITCHOVER);
            Topology locked = environment.state().commit(start);
            try {
                environment.proxies().barrier().pass(List.of(master, target));
                String run = handOver(locked.group(group.id()), from, to);
                environment.state().commit(new PromotionPrepared(group.id(), target, run));
            } catch (CodisException e) {
                rollBack(group.id(), e);
                throw e;
            }
        }
    }

    /** An interrupted one, or one of an earlier leader: nobody knows how far it came. */
    void rollBack(int gid, CodisException cause) {
        Group group = environment.state().topology().group(gid);
        LOG.warn("event=switchover-rolled-back group={} cause={}", gid, cause.getMessage());
        String master = group.members().getFirst().address();
        environment.state().commit(new RestartPromotion(gid, master, Promotion.Kind.FAILOVER));
    }

    /** A replica that is far behind would keep the group locked for as long as it takes. */
    private static void nearlyEqual(RedisConnection from, RedisConnection to) {
        ReplicationInfo master = DirectAccess.info(from).replication();
        DirectAccess.awaitOffset(to, master.replid(), master.offset(), EQUAL);
    }

    /** The run of the target's engine that has everything. */
    private String handOver(Group group, RedisConnection from, RedisConnection to) {
        long epoch = group.promotion() instanceof Promotion.Preparing preparing ? preparing.epoch() : 0;
        EngineInfo before;
        String run = DirectAccess.info(to).runId();
        from.call("CLIENT", "PAUSE", PAUSE.toMillis(), "WRITE");
        try {
            before = DirectAccess.info(from);
            if (!(before.replication() instanceof ReplicationInfo.Master)) {
                throw new CodisException(Reason.NOT_READY, "engine " + from.address() + " is not a master any more");
            }
            DirectAccess.awaitOffset(
                    to, before.replication().replid(), before.replication().offset(), EQUAL);
            // a promise fences, and no older order can make it master again
            ServerState fenced = launchers.promise(from.address(), epoch);
            if (!fenced.runId().equals(before.runId()) || fenced.role() != ServerState.Role.FENCED) {
                throw new CodisException(
                        Reason.NOT_READY, "server " + from.address() + " restarted when it was fenced");
            }
        } finally {
            unpause(from);
        }
        EngineInfo after = DirectAccess.info(from);
        if (!after.runId().equals(before.runId())) {
            throw new CodisException(Reason.NOT_READY, "server " + from.address() + " restarted after it was fenced");
        }
        DirectAccess.awaitOffset(
                to, before.replication().replid(), after.replication().offset(), EQUAL);
        if (!DirectAccess.info(to).runId().equals(run)) {
            throw new CodisException(
                    Reason.NOT_READY, "server " + to.address() + " restarted while it was to take over");
        }
        return run;
    }

    /** It lapses by itself; a lost connection must not hide why. */
    private static void unpause(RedisConnection engine) {
        try {
            engine.call("CLIENT", "UNPAUSE");
        } catch (CodisException e) {
            LOG.debug("event=not-unpaused server={} cause={}", engine.address(), e.getMessage());
        }
    }
}
