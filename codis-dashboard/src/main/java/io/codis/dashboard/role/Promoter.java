package io.codis.dashboard.role;

import io.codis.core.failover.Promotion;
import io.codis.core.failover.Promotion.Prepared;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.PromotionCommand.PromotionCleared;
import io.codis.core.topology.PromotionCommand.PromotionFinished;
import io.codis.core.topology.PromotionCommand.RestartPromotion;
import io.codis.core.wire.ServerState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last steps of every promotion, planned or not: role, logins, {@code finished}, routes. */
final class Promoter {

    private static final Logger LOG = LoggerFactory.getLogger(Promoter.class);
    private static final Set<Reason> HOPELESS =
            Set.of(Reason.STALE_EPOCH, Reason.FOREIGN_SERVER, Reason.ENGINE_RESTARTED);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final RoleEnvironment environment;
    private final Launchers launchers;
    private final Leases leases;

    private long failingEpoch;
    private long failingSince;

    Promoter(RoleEnvironment environment, Launchers launchers, Leases leases) {
        this.environment = environment;
        this.launchers = launchers;
        this.leases = leases;
    }

    /** Nobody writes to the group: its member becomes master, or the choice begins again under a new epoch. */
    void promote(Group group, Prepared promotion) {
        String member = promotion.member();
        try {
            ServerState seen = launchers.state(member);
            leases.quoting();
            launchers.master(group, promotion, seen.clock());
            environment.proxies().setup().prepare(group.id(), member);
        } catch (CodisException e) {
            restart(group, promotion, e);
            return;
        }
        environment.state().commit(new PromotionFinished(group.id()));
        LOG.info(
                "event=promoted group={} master={} kind={} epoch={}",
                group.id(),
                member,
                promotion.kind(),
                promotion.epoch());
    }

    /** The routes of before are in no proxy any more. */
    void finish(Group group, Promotion.Finished promotion) {
        try {
            environment.proxies().setup().prepare(group.id(), promotion.member());
        } catch (CodisException e) {
            // a master that is gone again is seen by the next look; proxies are told all the same
            LOG.warn("event=master-not-prepared group={} cause={}", group.id(), e.getMessage());
        }
        environment.proxies().barrier().pass(List.of());
        environment.state().commit(new PromotionCleared(group.id()));
    }

    private void restart(Group group, Prepared promotion, CodisException cause) {
        if (failingEpoch != promotion.epoch()) {
            failingEpoch = promotion.epoch();
            failingSince = System.nanoTime();
        }
        boolean hopeless = HOPELESS.contains(cause.reason());
        if (!hopeless && System.nanoTime() - failingSince < PATIENCE.toNanos()) {
            throw cause;
        }
        LOG.warn(
                "event=promotion-restarted group={} member={} epoch={} cause={}",
                group.id(),
                promotion.member(),
                promotion.epoch(),
                cause.getMessage());
        String present = group.members().getFirst().address();
        environment
                .state()
                .commit(
                        switch (promotion.kind()) {
                            case BOOTSTRAP, FORCED ->
                                new RestartPromotion(group.id(), promotion.member(), promotion.kind());
                            case SWITCHOVER, FAILOVER, AFRESH ->
                                new RestartPromotion(group.id(), present, Promotion.Kind.FAILOVER);
                        });
    }
}
