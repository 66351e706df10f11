package io.codis.core.topology;

/**
 * A replication job of one server, as Codis 3.2 shows it.
 *
 * @param index place in the queue, 0 unless pending
 */
public record SyncAction(int index, State state) {

    /** No job was asked for. */
    public static final SyncAction NONE = new SyncAction(0, State.NONE);

    /** The states of a job, in order. */
    public enum State {
        NONE,
        PENDING,
        SYNCING,
        SYNCED,
        SYNCED_FAILED
    }
}
