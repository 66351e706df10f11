package io.codis.proxy.move;

import io.codis.core.codis3.ProxyStats;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.route.RouteMap;
import io.codis.proxy.route.Routes;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/** placeholder */
public final class Movers {

    public Movers(Loop loop, Routes routes, Duration timeout) {}

    public void run(Moving moving) {}

    public void install(RouteMap map) {}

    public boolean busyOn(BitSet locked) {
        return false;
    }

    public List<ProxyStats.BrokenMove> broken() {
        return List.of();
    }
}
