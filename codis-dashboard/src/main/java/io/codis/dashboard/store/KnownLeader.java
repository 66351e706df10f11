package io.codis.dashboard.store;

import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.json.Json;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which dashboard leads, by the node {@code topom}; looked up when somebody asks. While the coordinator is silent, what was
 * known stays: the dashboard there says itself whether it leads.
 */
public final class KnownLeader {

    /** Header of what a dashboard asks another one, which is to answer itself or to say that it does not lead. */
    public static final String ASKED_BY = "Codis-Forwarded-By";

    private static final Duration FRESH = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Coordinator coordinator;
    private final String path;
    private volatile String known = "";
    private CompletableFuture<Void> looking = CompletableFuture.completedFuture(null);
    private long lookedAt = System.nanoTime() - FRESH.toNanos();

    public KnownLeader(Coordinator coordinator, String product) {
        this.coordinator = coordinator;
        this.path = new ClusterPaths(product).topom();
    }

    /** {@code host:port}, within a second; empty when nobody leads. */
    public Optional<String> address() {
        try {
            looking().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the coordinator is silent
        }
        return Optional.of(known).filter(address -> !address.isEmpty());
    }

    private synchronized CompletableFuture<Void> looking() {
        long now = System.nanoTime();
        if (looking.isDone() && now - lookedAt >= FRESH.toNanos()) {
            lookedAt = now;
            looking = CompletableFuture.runAsync(this::look, Thread::startVirtualThread);
        }
        return looking;
    }

    private void look() {
        try {
            known = coordinator
                    .read(path)
                    .map(node -> Json.read(node.data(), Topom.class).adminAddr())
                    .orElse("");
        } catch (CodisException e) {
            // asked again by the next one
        }
    }
}
