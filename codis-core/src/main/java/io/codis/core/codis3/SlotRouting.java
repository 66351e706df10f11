package io.codis.core.codis3;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one slot is routed: an element of {@code PUT /api/proxy/fillslots/{xauth}} and of {@code GET /api/proxy/slots}. Every
 * key but {@code id} is left out when it is zero, false or empty.
 *
 * @param id 0 to 1023
 * @param locked requests for the slot wait
 * @param backendAddr {@code host:port} of the master that serves the slot, null when the slot is offline
 * @param migrateFrom {@code host:port} of the master that keys still come from
 * @param forwardMethod 0 sync, 1 semi-async; only tells servers of Codis 3.2 apart
 * @param replicaGroups replicas that may serve reads, nearest first
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record SlotRouting(
        @JsonInclude int id,
        boolean locked,
        @Nullable String backendAddr,
        int backendAddrGroupId,
        @Nullable String migrateFrom,
        int migrateFromGroupId,
        int forwardMethod,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
        List<List<String>> replicaGroups) {

    /** The forward method that moves a key to its new group before the request runs there. */
    public static final int SEMI_ASYNC = 1;

    /** A slot that nobody serves. */
    public static SlotRouting offline(int id) {
        return new SlotRouting(id, false, null, 0, null, 0, 0, null);
    }
}
