package io.codis.dashboard.role;

import io.codis.dashboard.identity.ToldMaps;
import io.codis.dashboard.proxy.Barrier;
import io.codis.dashboard.server.EngineAccess;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.server.MasterSetup;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Everything the role loops act through. */
public record RoleEnvironment(ClusterState state, Servers servers, Proxies proxies, Notices notices, RoleTimes times) {

    /**
     * Storage servers: launchers over HTTP, engines as the control login, what they know of the cluster.
     *
     * @param lost servers of a cluster that the coordinator has forgotten were seen
     */
    public record Servers(LauncherClient launchers, EngineAccess engines, ToldMaps maps, BooleanSupplier lost) {}

    /** Proxies: locks, logins at new masters, routes in force, and what they see. */
    public record Proxies(Barrier barrier, MasterSetup setup, RoutesInForce routes, MasterView view) {}

    /** Waits until every admitted proxy has confirmed {@code version}; false when the time was up. Evicts nobody. */
    @FunctionalInterface
    public interface RoutesInForce {
        boolean await(long version, Duration atMost);
    }
}
