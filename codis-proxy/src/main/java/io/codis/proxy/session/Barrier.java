package io.codis.proxy.session;

import io.codis.proxy.move.Movers;
import io.codis.proxy.route.RouteMap;
import io.codis.proxy.route.Routes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Waits until nothing that was admitted under older routes remains for locked slots. Since nothing new is admitted for
 * a locked slot, whatever is still in flight for one is older; so this looks instead of counting, and costs requests
 * nothing while no barrier is open.
 */
final class Barrier {

    private record Open(BitSet locked, CompletableFuture<Void> quiet) {}

    private final Routes routes;
    private final Movers movers;
    private final @Nullable SafeWrites safeWrites;
    private final List<Open> open = new ArrayList<>();

    Barrier(Routes routes, Movers movers, @Nullable SafeWrites safeWrites) {
        this.routes = routes;
        this.movers = movers;
        this.safeWrites = safeWrites;
    }

    void install(@Nullable RouteMap next, BitSet locked, CompletableFuture<Void> quiet) {
        if (next != null) {
            routes.install(next);
            movers.install(next);
            if (safeWrites != null) {
                safeWrites.install(next);
            }
        }
        open.add(new Open(locked, quiet));
        look();
    }

    /** In every turn of the loop. */
    void look() {
        if (open.isEmpty()) {
            return;
        }
        open.removeIf(barrier -> {
            if (!barrier.quiet.isDone() && busyOn(barrier.locked)) {
                return false;
            }
            barrier.quiet.complete(null);
            return true;
        });
    }

    private boolean busyOn(BitSet locked) {
        return routes.busyOn(locked) || movers.busyOn(locked) || unacknowledgedOn(locked);
    }

    private boolean unacknowledgedOn(BitSet locked) {
        return safeWrites != null && safeWrites.busyOn(locked);
    }

    /** For people: what a barrier still waits for. */
    String describe(BitSet locked) {
        return "in flight or severed: " + routes.busyOn(locked) + ", moving keys: " + movers.busyOn(locked)
                + ", unacknowledged: " + unacknowledgedOn(locked);
    }
}
