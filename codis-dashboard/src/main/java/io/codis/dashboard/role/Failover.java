package io.codis.dashboard.role;

import io.codis.core.failover.Circumstances;
import io.codis.core.failover.Decision;
import io.codis.core.failover.MasterChoice;
import io.codis.core.failover.Observation;
import io.codis.core.failover.Promotion.Preparing;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.PromotionCommand.PromotionPrepared;
import io.codis.core.topology.PromotionCommand.RestartPromotion;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares a promotion in which the old master does not help: promises under the new epoch, the newest proven data, the
 * barrier, then {@code prepared} is stored (safety rules 10 and 13). Each call is one try, from what is stored.
 */
final class Failover {

    private static final Logger LOG = LoggerFactory.getLogger(Failover.class);
    private static final Duration CATCH_UP = Duration.ofSeconds(1);
    /** A silent engine is not asked in every round, since each time costs its timeout. */
    private static final int DIRECT_EVERY = 4;

    private final RoleEnvironment environment;
    private final ClusterState state;
    private final Launchers launchers;
    private final DirectAccess engines;
    private final Leases leases;

    private long promisingEpoch;
    private long promisedSince;
    private boolean fencedDirectly;
    private int silentRounds;

    Failover(RoleEnvironment environment, Launchers launchers, DirectAccess engines, Leases leases) {
        this.environment = environment;
        this.state = environment.state();
        this.launchers = launchers;
        this.engines = engines;
        this.leases = leases;
    }

    /** What became of it; {@link Decision.Promote} when {@code prepared} is stored, or that it begins again in another way. */
    Decision prepare(Group group, Preparing promotion, boolean patienceOver, boolean strangers) {
        if (promisingEpoch != promotion.epoch()) {
            promisingEpoch = promotion.epoch();
            promisedSince = 0;
            fencedDirectly = false;
            silentRounds = 0;
        }
        Map<String, Observation> seen = promises(group, promotion.epoch());
        boolean lapsed = lapsed(new Confirmations(seen.values(), promotion.epoch()));
        Decision decision = MasterChoice.prove(
                group.electorate(state.topology().clusterId()),
                promotion,
                seen,
                new Circumstances(lapsed, patienceOver, strangers));
        if (decision instanceof Decision.Promote(String member, var kind) && kind != promotion.kind()) {
            state.commit(new RestartPromotion(group.id(), member, kind));
        } else if (decision instanceof Decision.Promote(String member, var kind)) {
            environment.proxies().barrier().pass(stillReached(group, member, seen));
            state.commit(new PromotionPrepared(group.id(), member, run(seen, member)));
            LOG.info(
                    "event=promotion-prepared group={} member={} kind={} epoch={}",
                    group.id(),
                    member,
                    kind,
                    promotion.epoch());
        }
        return decision;
    }

    /** A replica promises only after it had the chance to get the rest of a master that can be fenced directly. */
    private Map<String, Observation> promises(Group group, long epoch) {
        List<String> members = group.members().stream().map(Member::address).toList();
        String master = members.getFirst();
        var answers = new HashMap<String, ServerState>();
        if (group.initialized()) {
            boolean heard = !launchers.ask(List.of(master), launchers::state).isEmpty();
            if (heard) {
                answers.putAll(launchers.ask(List.of(master), server -> launchers.promise(server, epoch)));
            } else if (silentRounds++ % DIRECT_EVERY == 0) {
                fenceDirectly(group, master);
            }
        }
        var others = members.stream()
                .filter(member -> !group.initialized() || !member.equals(master))
                .toList();
        answers.putAll(launchers.ask(others, server -> launchers.promise(server, epoch)));
        var seen = new HashMap<String, Observation>();
        for (String member : members) {
            ServerState answer = answers.get(member);
            boolean stopped = member.equals(master) && fencedDirectly || DirectAccess.provenStopped(member);
            Observation otherwise = stopped ? new Observation.Stopped() : new Observation.Lost();
            seen.put(member, answer == null ? otherwise : new Observation.Answered(answer));
        }
        return seen;
    }

    private void fenceDirectly(Group group, String master) {
        try {
            long offset = engines.fence(master);
            if (!fencedDirectly) {
                LOG.warn("event=engine-fenced-directly group={} server={} offset={}", group.id(), master, offset);
                awaitReplicas(group, offset);
            }
            fencedDirectly = true;
        } catch (CodisException e) {
            LOG.debug("event=engine-not-fenced group={} server={} cause={}", group.id(), master, e.getMessage());
        }
    }

    /** They stay attached to the fenced engine and get what it had sent for; one that hangs is not waited for long. */
    private void awaitReplicas(Group group, long offset) {
        long end = System.nanoTime() + CATCH_UP.toNanos();
        List<String> candidates = group.candidates();
        while (System.nanoTime() < end) {
            Map<String, ServerState> states = launchers.ask(candidates, launchers::state);
            if (candidates.stream()
                    .allMatch(c -> states.containsKey(c) && states.get(c).offset() >= offset)) {
                return;
            }
        }
    }

    /** The run that the decision was made about. */
    private static String run(Map<String, Observation> seen, String member) {
        return seen.get(member) instanceof Observation.Answered(ServerState state) ? state.runId() : "";
    }

    private boolean lapsed(Confirmations confirmations) {
        if (!confirmations.ended()) {
            promisedSince = 0;
            return false;
        }
        long now = System.nanoTime();
        if (promisedSince == 0) {
            promisedSince = now;
        }
        return leases.lapsed(confirmations.last(promisedSince, now));
    }

    /** Where the login of a proxy that does not confirm must be deleted. The old master is fenced, or its lease is over. */
    private static List<String> stillReached(Group group, String member, Map<String, Observation> seen) {
        var reached = new ArrayList<>(List.of(member));
        String master = group.members().getFirst().address();
        if (!master.equals(member)
                && seen.get(master) instanceof Observation.Answered(ServerState state)
                && state.engine() == ServerState.Engine.UP) {
            reached.add(master);
        }
        return reached;
    }
}
