package io.codis.dashboard.role;

import io.codis.core.failover.Observation;
import io.codis.core.problem.CodisException;
import io.codis.core.wire.ServerState;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the engines over from earlier leaders as soon as they are seen (safety rule 14), and has a login at each, which is
 * all there is when a launcher hangs. For the group's loop only.
 */
final class OwnLogins {

    private static final Logger LOG = LoggerFactory.getLogger(OwnLogins.class);

    private final Launchers launchers;
    private final Map<String, String> runs = new HashMap<>();

    OwnLogins(Launchers launchers) {
        this.launchers = launchers;
    }

    void renew(Map<String, Observation> seen) {
        runs.keySet().retainAll(seen.keySet());
        seen.forEach((server, observation) -> {
            if (observation instanceof Observation.Answered(ServerState state)
                    && state.engine() == ServerState.Engine.UP
                    && !state.runId().equals(runs.get(server))) {
                take(server, state.runId());
            }
        });
    }

    private void take(String server, String runId) {
        try {
            launchers.control(server);
            runs.put(server, runId);
        } catch (CodisException e) {
            LOG.warn("event=login-not-made server={} cause={}", server, e.getMessage());
        }
    }
}
