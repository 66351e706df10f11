package io.codis.dashboard.rest;

import io.codis.core.topology.Topology;
import io.codis.core.wire.TakenSettings;
import io.codis.dashboard.identity.LostCluster;
import io.codis.dashboard.identity.ToldMaps;
import io.codis.dashboard.migration.MoveSettings;
import io.codis.dashboard.migration.Mover;
import io.codis.dashboard.proxy.ProxyClient;
import io.codis.dashboard.proxy.ProxyFleet;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.stats.Conditions;
import io.codis.dashboard.stats.ProxyWatch;
import io.codis.dashboard.stats.ServerWatch;
import io.codis.dashboard.store.ClusterState;
import java.util.Map;

/**
 * What the API of a leading dashboard works with.
 *
 * @param access to proxies and servers
 */
public record Control(
        ClusterState state, RoleService roles, Moves moves, Fleet access, Identities identities, Watches watches) {

    public record Moves(Mover mover, MoveSettings settings) {}

    public record Fleet(ProxyFleet fleet, ProxyClient proxies, LauncherClient launchers, EngineAccess engines) {}

    public record Identities(ToldMaps maps, LostCluster lost) {}

    public record Watches(
            ServerWatch servers, ProxyWatch proxies, Conditions conditions, Map<String, TakenSettings> liveSettings) {}

    Conditions conditions() {
        return watches.conditions();
    }

    Topology topology() {
        return state.topology();
    }
}
