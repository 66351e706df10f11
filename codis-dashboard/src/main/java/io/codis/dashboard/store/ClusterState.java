package io.codis.dashboard.store;

import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyCommand;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The stored topology, as the leading dashboard holds it. Whatever acts on the cluster reads it here and changes it here.
 *
 * <p>A change is in the coordinator before {@link #commit} returns, so everybody acts only on what is stored. All methods
 * may be called from any thread.
 */
public interface ClusterState {

    /** The last stored topology. */
    Topology topology();

    /** The epoch under which this dashboard leads; engines and launchers are addressed with it. */
    long leaderEpoch();

    /** False from the moment that this dashboard knows that it does not lead any more. It never becomes true again. */
    boolean leading();

    /**
     * Applies the command to the last stored topology and stores the result.
     *
     * @return the topology that is stored now
     * @throws io.codis.core.problem.CodisException what the command refuses with, and nothing has changed; {@code
     *     STALE_EPOCH} when this dashboard was deposed, and it must stop acting; {@code UNAVAILABLE} when the
     *     coordinator did not answer: whether the change is stored is settled before the next commit
     */
    Topology commit(TopologyCommand command);

    /**
     * Waits for a topology newer than {@code version}.
     *
     * @return the last stored topology, which is not newer when the time was up
     */
    Topology awaitNewer(long version, Duration atMost) throws InterruptedException;

    /** Called after each change, in order, on the thread that committed; must not block and must not commit. */
    void onChange(Consumer<Topology> listener);

    /** Called once, on any thread, when this dashboard stops to lead, or now if it has; must not block. */
    void onDeposed(Runnable listener);
}
