package io.codis.dashboard.role;

import io.codis.core.failover.Observation;
import io.codis.core.problem.CodisException;
import io.codis.core.topology.Candidacy;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.MemberCommand.DropCandidate;
import io.codis.core.wire.ServerState;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Members that a person has fenced: kept so whatever they do, and how long what they have still matters. */
final class Fences {

    private static final Logger LOG = LoggerFactory.getLogger(Fences.class);
    /** What an engine had at the first of two looks is on its disk at the second, as long as nothing is queued at either. */
    private static final Duration WRITTEN = Duration.ofSeconds(4);

    private final ClusterState state;
    private final Launchers launchers;
    private final DirectAccess engines;
    private final Map<String, Look> looks = new HashMap<>();

    /** At the master of a witness. */
    private record Look(String run, long nanos) {}

    Fences(ClusterState state, Launchers launchers, DirectAccess engines) {
        this.state = state;
        this.launchers = launchers;
        this.engines = engines;
    }

    /** Fences those that have another role: an order of before may have come late. */
    void keep(Group group, Map<String, Observation> seen) {
        looks.keySet().retainAll(group.members().stream().map(Member::address).toList());
        for (String server : group.fenced()) {
            if (seen.get(server) instanceof Observation.Answered(ServerState now)
                    && now.role() != ServerState.Role.FENCED) {
                try {
                    launchers.fence(server);
                    LOG.info("event=server-fenced group={} server={}", group.id(), server);
                } catch (CodisException e) {
                    LOG.warn("event=server-not-fenced group={} server={} cause={}", group.id(), server, e.getMessage());
                }
            }
        }
    }

    /** A master that has on its disk whatever the witness had needs no witness: its restart loses none of it. */
    void release(Group group, Member witness, ServerState master) {
        if (witness.candidacy() != Candidacy.WITNESS) {
            looks.remove(witness.address());
            return;
        }
        long now = System.nanoTime();
        Look first = looks.get(witness.address());
        if (first == null || !first.run().equals(master.runId())) {
            look(witness, master, new Look(master.runId(), now));
        } else if (now - first.nanos() > WRITTEN.toNanos() && look(witness, master, first)) {
            state.commit(new DropCandidate(group.id(), witness.address(), true));
            LOG.info("event=witness-released group={} server={}", group.id(), witness.address());
        }
    }

    /** Whether nothing is queued; anything else makes the wait begin again. */
    private boolean look(Member witness, ServerState master, Look first) {
        boolean good = engines.nothingToWrite(master.address(), master.runId());
        if (good) {
            looks.put(witness.address(), first);
        } else {
            looks.remove(witness.address());
        }
        return good;
    }
}
