package io.codis.dashboard.role;

import io.codis.core.failover.Observation;
import io.codis.core.topology.Group;
import io.codis.core.wire.ServerState;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Groups without a recorded master whose servers hold data: the stored topology may have been lost (safety rule 18). */
final class Strangers {

    private final Set<Integer> holding = ConcurrentHashMap.newKeySet();

    /** Takes in what the group's loop has seen. */
    void seen(Group group, Map<String, Observation> members) {
        boolean hold = !group.initialized()
                && members.values().stream()
                        .anyMatch(each -> each instanceof Observation.Answered(ServerState state) && state.hasData());
        if (hold) {
            holding.add(group.id());
        } else {
            holding.remove(group.id());
        }
    }

    /** Whether a group other than {@code gid} holds such data. */
    boolean hold(int gid) {
        return holding.stream().anyMatch(each -> each != gid);
    }

    void gone(int gid) {
        holding.remove(gid);
    }
}
