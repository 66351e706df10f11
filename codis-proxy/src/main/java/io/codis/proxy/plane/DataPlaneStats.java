package io.codis.proxy.plane;

import io.codis.core.codis3.ProxyStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data plane's part of {@link ProxyStats}.
 *
 * @param route null before the first table, and with the slots of Codis 3.2
 * @param complete every one of the 1024 slots has a master
 */
public record DataPlaneStats(
        ProxyStats.Ops ops,
        ProxyStats.Sessions sessions,
        List<ProxyStats.BackendHealth> backends,
        List<ProxyStats.BrokenMove> movesBroken,
        List<ProxyStats.WantedKey> movesWanted,
        ProxyStats.@Nullable RouteVersion route,
        boolean complete) {}
