package io.codis.dashboard.proxy;

import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyCommand;
import java.util.Collection;

/**
 * After a barrier, no request that was admitted under an older route still runs on a slot that the stored topology locks,
 * and none can start.
 */
public interface Barrier {

    /**
     * Stores {@code locking}, then has every admitted proxy confirm the new routes; a proxy that does not is stored as
     * evicted and its login is deleted at {@code masters}. Safe to call again with the state already locked, by way of
     * {@link #pass(Collection)}.
     *
     * @param masters {@code host:port} of every engine that a proxy with an older route could still write to for the slots
     *     concerned: the master of today, and the one to be. Leave out an engine that is proven stopped or fenced.
     * @return the topology after the barrier, evictions included
     * @throws io.codis.core.problem.CodisException the command's refusal, or {@code UNAVAILABLE} when a proxy did not
     *     confirm and one of the masters could not be told: the state stays locked, and the caller tries again or proves
     *     that the master is dead
     */
    Topology pass(TopologyCommand locking, Collection<String> masters);

    /** The same for a topology that locks already, such as after a restart of the dashboard. */
    Topology pass(Collection<String> masters);
}
