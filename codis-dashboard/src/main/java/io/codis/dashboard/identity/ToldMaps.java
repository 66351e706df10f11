package io.codis.dashboard.identity;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Group;
import io.codis.core.topology.Member;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.dashboard.server.LauncherClient;
import io.codis.dashboard.store.ClusterState;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the servers the map of the cluster, which they keep on their volumes: everybody soon after each change, and those
 * concerned before a step that a lost coordinator must not make undone.
 */
public final class ToldMaps implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ToldMaps.class);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration REPEAT = Duration.ofSeconds(5);
    /** Changes come in flocks; each telling costs every server a write to its disk. */
    private static final Duration GATHER = Duration.ofMillis(300);

    private final ClusterState state;
    private final LauncherClient launchers;
    private final Map<String, Long> told = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("told-maps").unstarted(this::run);
    private volatile boolean closed;

    public ToldMaps(ClusterState state, LauncherClient launchers) {
        this.state = state;
        this.launchers = launchers.within(ANSWER);
    }

    /** Begins to tell everybody what changes. */
    public void start() {
        thread.start();
    }

    /**
     * Has the master and every awaited replica of these groups write down the topology as it is stored now: one call to each,
     * whatever number of slots it is about. They are those who must be heard when the map is rebuilt.
     *
     * @throws CodisException {@code UNAVAILABLE}, naming who could not be told
     */
    public void hold(Collection<Integer> groups) {
        var servers = new TreeSet<String>();
        for (int gid : new TreeSet<>(groups)) {
            Group group = state.topology().group(gid);
            group.master().map(Member::address).ifPresent(servers::add);
            servers.addAll(group.awaited());
        }
        holdAt(servers);
    }

    /** The same at these servers. */
    public void holdAt(Collection<String> servers) {
        SortedMap<String, String> failed = tell(state.topology(), servers);
        if (!failed.isEmpty()) {
            throw new CodisException(
                    Reason.UNAVAILABLE, "servers cannot write the map of the cluster to their volumes: " + failed);
        }
    }

    /** Tells everybody who answers now. */
    public void tellAll() {
        Topology topology = state.topology();
        tell(topology, outdated(topology, Long.MAX_VALUE));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        long version = -1;
        try {
            while (!closed && state.leading()) {
                Topology topology = state.awaitNewer(version, REPEAT);
                if (topology.version() > version) {
                    Thread.sleep(GATHER);
                    topology = state.topology();
                }
                version = topology.version();
                tell(topology, outdated(topology, version));
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private TreeSet<String> outdated(Topology topology, long version) {
        var servers = new TreeSet<String>();
        topology.groups().values().stream()
                .flatMap(group -> group.members().stream())
                .map(Member::address)
                .filter(server -> told.getOrDefault(server, -1L) < version)
                .forEach(servers::add);
        return servers;
    }

    /** All at once; who could not be told, and why. */
    private SortedMap<String, String> tell(Topology topology, Collection<String> servers) {
        TopologyDocument map = TopologyDocument.of(topology);
        var failed = new ConcurrentSkipListMap<String, String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            servers.forEach(server -> threads.execute(() -> {
                try {
                    tell(server, map);
                } catch (CodisException e) {
                    LOG.debug("event=map-not-told server={} cause={}", server, e.getMessage());
                    failed.put(server, e.reason().word() + ": " + e.getMessage());
                }
            }));
        }
        return failed;
    }

    private void tell(String server, TopologyDocument map) {
        try {
            launchers.map(server, state.leaderEpoch(), map);
        } catch (CodisException e) {
            // another thread was faster with a newer one
            if (e.reason() != Reason.STALE_VERSION) {
                throw e;
            }
        }
        told.merge(server, map.version(), Math::max);
    }
}
