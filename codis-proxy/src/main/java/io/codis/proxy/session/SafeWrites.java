package io.codis.proxy.session;

import io.codis.proxy.acknowledge.Acknowledger;
import io.codis.proxy.backend.Pending;
import io.codis.proxy.backend.Server;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.route.RouteMap;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Safety rule 16: writes whose master has answered and whose reply waits until every candidate of that master has them.
 * What waits for one master is covered together, by one WAIT at a time on a connection of its own.
 *
 * <p>The candidates are those of the route in force while it waits: whoever becomes one is waited for by writes that were
 * under way (docs/safety.md).
 */
final class SafeWrites {

    private static final long AGAIN = 20_000_000L;

    private final Loop loop;
    private final Map<Server, Asker> askers = new HashMap<>();
    private final Set<Held> held = new LinkedHashSet<>();
    private Map<String, List<String>> candidates = Map.of();

    private record Asker(List<String> candidates, Acknowledger acknowledger) {}

    /** By identity. */
    private static final class Held {
        private final Pending write;
        private final Server server;
        private final String runId;
        private final long deadline;
        private final Consumer<@Nullable String> then;

        Held(Pending write, Server server, long deadline, Consumer<@Nullable String> then) {
            this.write = write;
            this.server = server;
            this.runId = server.runId();
            this.deadline = deadline;
            this.then = then;
        }
    }

    SafeWrites(Loop loop) {
        this.loop = loop;
        loop.onTick(this::tick);
    }

    /** After the routes themselves have been put in force. */
    void install(RouteMap map) {
        Map<String, List<String>> next = new HashMap<>();
        map.groups().values().forEach(group -> next.put(group.master(), group.candidates()));
        candidates = next;
        askers.entrySet().removeIf(entry -> {
            Asker asker = entry.getValue();
            boolean stale = !asker.candidates.equals(next.get(entry.getKey().address()));
            if (stale) {
                asker.acknowledger.retire();
            }
            return stale;
        });
    }

    /**
     * The server has answered this write.
     *
     * @param then told null when it is acknowledged, else why that is not known
     */
    void hold(Pending write, Server server, long deadline, Consumer<@Nullable String> then) {
        Held one = new Held(write, server, deadline, then);
        held.add(one);
        ask(one);
    }

    private void ask(Held one) {
        List<String> needed = candidates.get(one.server.address());
        if (!held.contains(one)) {
            return;
        }
        if (needed != null && needed.isEmpty()) {
            end(one, null);
        } else if (needed == null || !one.runId.equals(one.server.runId())) {
            end(one, one.server + " is no master any more");
        } else {
            asker(one.server, needed).ask(one.deadline, acknowledged -> answered(one, acknowledged));
        }
    }

    private Acknowledger asker(Server server, List<String> needed) {
        return askers.computeIfAbsent(server, _ -> new Asker(needed, new Acknowledger(loop, server, needed, null)))
                .acknowledger;
    }

    private void answered(Held one, boolean acknowledged) {
        if (acknowledged) {
            end(one, null);
        } else {
            loop.after(AGAIN, () -> ask(one));
        }
    }

    private void end(Held one, @Nullable String problem) {
        if (held.remove(one)) {
            one.then.accept(problem);
        }
    }

    private void tick() {
        if (held.isEmpty()) {
            return;
        }
        for (Held one : List.copyOf(held)) {
            if (!one.server.channel(0).isReady()) {
                end(one, "connection to " + one.server + " lost before its replicas had acknowledged");
            } else if (one.deadline - loop.now() <= 0) {
                end(one, "not acknowledged in time by every replica of " + one.server);
            }
        }
    }

    /** Whether a write that names keys of these slots waits: a planned change of master must not overtake it. */
    boolean busyOn(BitSet slots) {
        return held.stream().anyMatch(one -> one.write.touches(slots));
    }
}
