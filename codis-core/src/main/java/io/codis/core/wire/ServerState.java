package io.codis.core.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher of one storage server says of it ({@code GET /api/server/state}).
 *
 * @param clusterId empty until the server has been adopted by a cluster
 * @param group 0 until adopted
 * @param address {@code host:port} as announced to clients and peers
 * @param epoch of the role that it has, 0 if it never had one
 * @param promised the highest epoch that it has promised to; at least {@code epoch}
 * @param dataEpoch of the last role under which its data was complete: as master, or as a replica that was in sync; lower
 *     than {@code epoch} while a replica has not yet synchronised with the master of that epoch
 * @param leaderEpoch the highest epoch of a leading dashboard that it has seen
 * @param clock the launcher's own clock in milliseconds, which counts suspended time too; a lease quotes it, so that a
 *     confirmation that was long under way prolongs nothing
 * @param granted by {@code clock}, when it last let a master of its group go on, at the latest: one that has started since
 *     may have done so before its start. 0 if it does not say
 * @param role what the launcher has given to the engine and still stands behind
 * @param master {@code host:port} it replicates from, null unless a replica
 * @param linkUp a replica's link to its master is up and its first synchronisation is done
 * @param engine the engine process
 * @param engineVersion such as {@code redis 7.0.15}, empty while not up
 * @param runId of the engine as it runs, empty while not up
 * @param replid the replication id that {@code offset} counts in; the recorded one while the engine is not up or fenced
 * @param offset replication offset in bytes, recorded at least every second and at a clean stop
 * @param inSyncRunId the run id under which it was last in sync as a replica or had the role of master; equal to
 *     {@code runId} proves that it has not restarted since
 * @param hasData the engine holds keys, or a volume that ever held any
 * @param keys number of keys in all databases, -1 while unknown
 * @param leaving its launcher has been told to stop: it will not be there for long and is to get no role
 * @param ephemeral declared by who started it: it has no volume, and what it held before its first role is nowhere
 * @param wholeEpoch of the role of master that it gave up in good order, with every write on its disk; 0 after any other
 *     end, and as soon as it has another role
 * @param trouble why the engine does not start, in its own words; empty when it does
 * @param damaged the engine cannot load what is on its volume; an order to follow a master has it set aside
 * @param settings that are set live; null if the launcher does not know of such
 */
public record ServerState(
        String clusterId,
        int group,
        String address,
        long epoch,
        long promised,
        long dataEpoch,
        long leaderEpoch,
        long clock,
        long granted,
        Role role,
        @Nullable String master,
        boolean linkUp,
        Engine engine,
        String engineVersion,
        String runId,
        String replid,
        long offset,
        String inSyncRunId,
        boolean hasData,
        long keys,
        boolean leaving,
        boolean ephemeral,
        long wholeEpoch,
        String trouble,
        boolean damaged,
        @Nullable TakenSettings settings) {

    public ServerState {
        // an older launcher does not say
        trouble = Objects.requireNonNullElse(trouble, "");
    }

    /** FENCED is a replica of nowhere that answers nothing. */
    public enum Role {
        FENCED,
        MASTER,
        REPLICA
    }

    /** DOWN: no process. SILENT: a process that was up and does not answer. */
    public enum Engine {
        DOWN,
        STARTING,
        LOADING,
        UP,
        SILENT
    }
}
