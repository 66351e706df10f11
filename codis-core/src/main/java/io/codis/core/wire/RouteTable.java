package io.codis.core.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The complete routing of one proxy, pushed by the leading dashboard ({@code PUT /api/proxy/route/{xauth}}).
 *
 * <p>A proxy refuses a table whose {@code (epoch, version)} is lower than the installed one, and answers only when no
 * request admitted under an older table remains for any slot that this table locks. See docs/architecture.md, "Routes".
 *
 * @param epoch the leader's epoch, from the coordinator
 * @param version the stored version of the topology that this table was made from
 * @param credentials the proxy's own login at the servers; null on engines without ACL users
 * @param groups every group that a slot names
 * @param slots ascending, disjoint ranges; a slot in no range is offline
 * @param moves one for each pair of groups between which a slot moves
 */
public record RouteTable(
        long epoch,
        long version,
        @Nullable Credentials credentials,
        List<GroupRoute> groups,
        List<SlotRoute> slots,
        List<MoveRoute> moves) {

    /**
     * @param id 1 to 9999
     * @param master {@code host:port} of the master
     * @param candidates announced addresses of the replicas whose acknowledgement counts, the master not among them
     * @param replicas in-sync replicas that may serve reads
     */
    public record GroupRoute(int id, String master, List<String> candidates, List<String> replicas) {}

    /**
     * @param from first slot
     * @param to last slot, inclusive
     * @param group who owns the range, or will when the move ends
     * @param source the group that still holds keys of the range, 0 if none
     * @param locked requests wait
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record SlotRoute(
            @JsonInclude int from,
            @JsonInclude int to,
            @JsonInclude int group,
            int source,
            boolean locked) {}

    /** The login with which MIGRATE at a server of group {@code source} enters the master of {@code target}. */
    public record MoveRoute(int source, int target, Credentials credentials) {}
}
