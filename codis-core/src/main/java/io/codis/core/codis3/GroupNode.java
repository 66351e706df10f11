package io.codis.core.codis3;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group: the node {@code group/group-NNNN}.
 *
 * @param servers the master first; never null when written
 * @param promoting null only in a document that leaves it out; always written
 */
public record GroupNode(
        int id, @Nullable List<Server> servers, @Nullable Promoting promoting, boolean outOfSync) {

    /** @param server {@code host:port} */
    public record Server(
            String server,
            @Nullable String datacenter,
            @Nullable Action action,
            boolean replicaGroup) {}

    /** @param state empty when idle, else pending, syncing, synced or synced_failed */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Action(
            int index,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String state) {}

    /**
     * @param index of the server that becomes master
     * @param state empty when idle, else preparing, prepared or finished
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Promoting(
            int index,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String state) {}
}
