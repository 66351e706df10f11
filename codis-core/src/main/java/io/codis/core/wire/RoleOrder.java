package io.codis.core.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leading dashboard gives a server its role ({@code PUT /api/server/role}).
 *
 * @param leaderEpoch of the dashboard that asks; a lower one than seen before is refused
 * @param epoch of the role; fsynced by the launcher before the engine takes it
 * @param clock of the launcher, in a state that the caller has seen; a master must take its role, and be confirmed again,
 *     within the lease counted from it, so that an order that was long under way makes no master
 * @param master null to become the master, else {@code host:port} to replicate from
 * @param run run id of the engine that the order was decided for: another run may have been started with older data and
 *     does not become master; null to become a replica, which any run may
 * @param peers launcher addresses of all stored members of the group, this one included; a master is confirmed by a
 *     majority of them when the dashboard is silent
 */
public record RoleOrder(
        String clusterId,
        int group,
        long leaderEpoch,
        long epoch,
        long clock,
        @Nullable String master,
        @Nullable String run,
        List<String> peers) {}
