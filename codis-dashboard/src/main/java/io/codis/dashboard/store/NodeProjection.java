package io.codis.dashboard.store;

import io.codis.core.codis3.Projection;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.Slot;
import io.codis.core.topology.Topology;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the nodes of Codis 3.2 after each change, on a thread of its own: the newest topology only, and of it only what
 * differs from what was written last. Nothing of ours reads them.
 */
final class NodeProjection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeProjection.class);
    private static final long RETRY_MILLIS = 1000;

    private final Coordinator coordinator;
    private final ClusterPaths paths;
    private final Thread thread = Thread.ofVirtual().name("projection").unstarted(this::run);

    private @Nullable Topology wanted;
    private @Nullable Topology written;
    private boolean closed;
    private volatile boolean abandoned;

    NodeProjection(Coordinator coordinator, ClusterPaths paths) {
        this.coordinator = coordinator;
        this.paths = paths;
    }

    void start(Topology first) {
        offer(first);
        thread.start();
    }

    synchronized void offer(Topology topology) {
        wanted = topology;
        notifyAll();
    }

    /** Stops after the newest topology has been written, or {@code atMost} has passed. */
    void close(Duration atMost) throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (thread.getState() != Thread.State.NEW && !thread.join(atMost)) {
            LOG.warn("event=projection-incomplete");
            close();
            thread.join();
        }
    }

    /** Stops before the next node. */
    @Override
    public void close() {
        abandoned = true;
        synchronized (this) {
            closed = true;
            notifyAll();
        }
    }

    private void run() {
        try {
            for (Topology next = await(); next != null; next = await()) {
                try {
                    write(written, next);
                    written = next;
                } catch (CodisException e) {
                    if (abandoned) {
                        return;
                    }
                    LOG.warn(
                            "event=projection-failed reason={} cause={}",
                            e.reason().word(),
                            e.getMessage());
                    written = null;
                    pause();
                }
            }
        } catch (InterruptedException e) {
            // stopped
        }
    }

    private synchronized @Nullable Topology await() throws InterruptedException {
        while (wanted == written) {
            if (closed) {
                return null;
            }
            wait();
        }
        return wanted;
    }

    private synchronized void pause() throws InterruptedException {
        if (!closed) {
            wait(RETRY_MILLIS);
        }
    }

    private void write(@Nullable Topology before, Topology now) {
        for (Group group : now.groups().values()) {
            if (before == null || !group.equals(before.groups().get(group.id()))) {
                put(paths.group(group.id()), Projection.of(group));
            }
        }
        for (ProxyEntry proxy : now.proxies().values()) {
            if (before == null || !proxy.equals(before.proxies().get(proxy.token()))) {
                put(paths.proxy(proxy.token()), Projection.of(proxy));
            }
        }
        if (before == null || !now.sentinels().equals(before.sentinels())) {
            put(paths.sentinel(), Projection.of(now.sentinels()));
        }
        deleteOthers(before, now);
        writeSlots(before, now);
    }

    /** A slot without a node is offline. */
    private void writeSlots(@Nullable Topology before, Topology now) {
        Set<String> present = before == null ? Set.copyOf(coordinator.children(paths.slots())) : Set.of();
        for (Slot slot : now.slots()) {
            boolean absent = before == null
                    && slot.idle()
                    && slot.group() == 0
                    && !present.contains(
                            paths.slot(slot.id()).substring(paths.slots().length() + 1));
            if (!absent && (before == null || !slot.equals(before.slot(slot.id())))) {
                put(paths.slot(slot.id()), Projection.of(slot));
            }
        }
    }

    /** Real peers decode every child blindly, so what is no longer there must go. */
    private void deleteOthers(@Nullable Topology before, Topology now) {
        if (before == null || !before.groups().keySet().equals(now.groups().keySet())) {
            Set<String> groups = new HashSet<>();
            now.groups().keySet().forEach(id -> groups.add(paths.group(id)));
            deleteOthers(paths.groups(), groups);
        }
        if (before == null || !before.proxies().keySet().equals(now.proxies().keySet())) {
            Set<String> proxies = new HashSet<>();
            now.proxies().keySet().forEach(token -> proxies.add(paths.proxy(token)));
            deleteOthers(paths.proxies(), proxies);
        }
    }

    private void deleteOthers(String parent, Set<String> kept) {
        for (String name : coordinator.children(parent)) {
            String path = parent + "/" + name;
            if (!kept.contains(path)) {
                coordinator.delete(path, Coordinator.ANY_VERSION);
            }
        }
    }

    private void put(String path, Object node) {
        if (abandoned) {
            throw new CodisException(Reason.STALE_EPOCH, "this dashboard does not lead any more");
        }
        coordinator.put(path, Json.pretty(node).getBytes(StandardCharsets.UTF_8));
    }
}
