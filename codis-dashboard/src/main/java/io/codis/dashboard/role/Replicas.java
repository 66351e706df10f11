package io.codis.dashboard.role;

import io.codis.core.failover.Observation;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.MemberCommand.AdmitCandidate;
import io.codis.core.topology.MemberCommand.AwaitReplica;
import io.codis.core.topology.MemberCommand.DropCandidate;
import io.codis.core.topology.MemberCommand.StepSyncAction;
import io.codis.core.topology.SyncAction;
import io.codis.core.topology.Topology;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.store.ClusterState;
import io.codis.infra.net.Names;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the replicas of a group that has its master: attached to it, candidates when they are in sync, and no longer when
 * they have been out of it for long.
 */
final class Replicas {

    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);
    private static final Duration CATCH_UP = Duration.ofMillis(500);
    /** Less than writes wait that wait for every candidate. */
    private static final Duration OUT_OF_SYNC = Duration.ofSeconds(2);

    private static final Duration REPEAT = Duration.ofSeconds(3);

    private final RoleEnvironment environment;
    private final ClusterState state;
    private final Launchers launchers;
    private final DirectAccess engines;
    private final Leases leases;
    private final Fences fences;

    private final Map<String, Long> unlinkedSince = new HashMap<>();
    private final Map<String, Long> orderedAt = new HashMap<>();
    private @Nullable Told told;

    /** What the master was last told: under which epoch and run it is master, and who its peers are. */
    private record Told(long epoch, String runId, List<String> peers) {}

    Replicas(RoleEnvironment environment, Launchers launchers, DirectAccess engines, Leases leases) {
        this.environment = environment;
        this.state = environment.state();
        this.launchers = launchers;
        this.engines = engines;
        this.leases = leases;
        this.fences = new Fences(state, launchers, engines);
    }

    /** Also while the group has no master. */
    void keepFenced(Group group, Map<String, Observation> seen) {
        fences.keep(group, seen);
    }

    /** One round; the master has been seen in its role. */
    void tend(Group group, Map<String, Observation> seen) {
        if (!(seen.get(group.members().getFirst().address()) instanceof Observation.Answered(ServerState master))) {
            return;
        }
        tellPeers(group, master);
        var known = group.replicas().stream().map(Member::address).toList();
        unlinkedSince.keySet().retainAll(known);
        for (Member replica : group.replicas()) {
            fences.release(group, replica, master);
            if (replica.fenced()) {
                continue;
            }
            if (seen.get(replica.address()) instanceof Observation.Answered(ServerState server)
                    && follows(group, server)) {
                linked(group, replica, server.linkUp());
            } else {
                linked(group, replica, false);
                if (seen.get(replica.address()) instanceof Observation.Answered(ServerState server)) {
                    attach(group, replica, server);
                }
            }
            stepSync(group, replica, seen.get(replica.address()));
        }
    }

    /** A master that does not know of a new member would not ask it, and would not need anybody's word in a group of one. */
    private void tellPeers(Group group, ServerState master) {
        var wanted = new Told(group.epoch(), master.runId(), Launchers.peers(group));
        if (!wanted.equals(told)) {
            leases.quoting();
            launchers.again(group, master);
            told = wanted;
        }
    }

    private static boolean follows(Group group, ServerState server) {
        String master = group.members().getFirst().address();
        return server.role() == ServerState.Role.REPLICA
                && server.epoch() == group.epoch()
                && Names.resolved(master).equals(server.master());
    }

    private void attach(Group group, Member replica, ServerState server) {
        String object = "server-[" + replica.address() + "]";
        boolean asked = replica.sync().state() == SyncAction.State.PENDING
                || replica.sync().state() == SyncAction.State.SYNCING;
        if (server.hasData() && server.clusterId().isEmpty() && !asked) {
            environment
                    .notices()
                    .set(
                            Reason.FOREIGN_SERVER,
                            object,
                            "it holds data of no cluster, which a replica loses; ask for its synchronisation to go on");
            return;
        }
        if ((server.engine() != ServerState.Engine.UP && !server.damaged())
                || server.epoch() > group.epoch()
                || triedJustNow(replica)) {
            return;
        }
        try {
            launchers.replica(group, replica.address(), server.clock());
            environment.notices().clear(Reason.FOREIGN_SERVER, object);
            LOG.info(
                    "event=replica-attached group={} server={} epoch={}", group.id(), replica.address(), group.epoch());
        } catch (CodisException e) {
            LOG.warn(
                    "event=replica-not-attached group={} server={} cause={}",
                    group.id(),
                    replica.address(),
                    e.getMessage());
            if (e.reason() == Reason.FOREIGN_SERVER) {
                environment.notices().set(Reason.FOREIGN_SERVER, object, String.valueOf(e.getMessage()));
            }
        }
    }

    private boolean triedJustNow(Member replica) {
        long now = System.nanoTime();
        Long last = orderedAt.get(replica.address());
        if (last != null && now - last < REPEAT.toNanos()) {
            return true;
        }
        orderedAt.put(replica.address(), now);
        return false;
    }

    private void linked(Group group, Member replica, boolean linked) {
        if (linked) {
            unlinkedSince.remove(replica.address());
            orderedAt.remove(replica.address());
            advance(group, replica);
            return;
        }
        long since = unlinkedSince.computeIfAbsent(replica.address(), ignored -> System.nanoTime());
        boolean last = group.candidates().equals(List.of(replica.address()));
        if (replica.candidacy().awaited() && !last && System.nanoTime() - since > OUT_OF_SYNC.toNanos()) {
            state.commit(new DropCandidate(group.id(), replica.address(), false));
            LOG.warn("event=candidate-dropped group={} server={}", group.id(), replica.address());
        }
    }

    /** Two steps, each stored before anybody relies on it. */
    private void advance(Group group, Member replica) {
        switch (replica.candidacy()) {
            case OUT, WITNESS -> admit(group, replica, state.commit(new AwaitReplica(group.id(), replica.address())));
            case AWAITED -> admit(group, replica, state.topology());
            case CANDIDATE -> {
                // nothing is missing
            }
        }
    }

    private void admit(Group group, Member replica, Topology awaited) {
        boolean stillAwaited = awaited.group(group.id())
                .member(replica.address())
                .filter(member -> member.candidacy() == Candidacy.AWAITED)
                .isPresent();
        if (stillAwaited
                && environment.proxies().routes().await(awaited.version(), CATCH_UP)
                && engines.caughtUp(group.members().getFirst().address(), replica.address(), CATCH_UP)) {
            // a map without it would rebuild a group in which it may not be promoted
            environment
                    .servers()
                    .maps()
                    .holdAt(List.of(group.members().getFirst().address(), replica.address()));
            state.commit(new AdmitCandidate(group.id(), replica.address()));
            LOG.info("event=candidate group={} server={}", group.id(), replica.address());
        }
    }

    private void stepSync(Group group, Member replica, @Nullable Observation seen) {
        boolean linked =
                seen instanceof Observation.Answered(ServerState server) && follows(group, server) && server.linkUp();
        switch (replica.sync().state()) {
            case PENDING -> {
                state.commit(new StepSyncAction(replica.address(), SyncAction.State.SYNCING));
                orderedAt.remove(replica.address());
            }
            case SYNCING -> {
                if (linked) {
                    state.commit(new StepSyncAction(replica.address(), SyncAction.State.SYNCED));
                }
            }
            case NONE, SYNCED, SYNCED_FAILED -> {
                // no job
            }
        }
    }
}
