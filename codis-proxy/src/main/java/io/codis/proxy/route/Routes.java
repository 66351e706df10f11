package io.codis.proxy.route;

import io.codis.core.slot.SlotHash;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.backend.Backends;
import io.codis.proxy.backend.Server;
import io.codis.proxy.engine.Loop;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One loop's slots, and what waits for them. */
public final class Routes {

    private static final long LOOK_AGAIN = 20_000_000L;

    private final Loop loop;
    private final Backends backends;
    private final Slot[] slots = new Slot[SlotHash.SLOTS];
    private final Set<Slot> waiting = new HashSet<>();
    private final long mostKept;
    private RouteMap map = RouteMap.empty();
    private long kept;
    private boolean timerSet;

    /** @param mostKept how many bytes waiting requests may hold on to */
    public Routes(Loop loop, Backends backends, long mostKept) {
        this.loop = loop;
        this.backends = backends;
        this.mostKept = mostKept;
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot(i);
        }
    }

    public Slot slot(int number) {
        return slots[number];
    }

    /** The table itself, for the hot path. */
    public Slot[] slots() {
        return slots;
    }

    public RouteMap map() {
        return map;
    }

    /** Puts a routing in force. Requests in flight are not touched; those that waited set out again when they may. */
    public void install(RouteMap next) {
        map = next;
        backends.login(next.credentials());
        Set<String> addresses = new HashSet<>();
        next.groups().values().forEach(group -> addresses.add(group.master()));
        for (Slot slot : slots) {
            place(slot, next);
        }
        backends.keep(addresses);
        for (RouteMap.Group group : next.groups().values()) {
            backends.at(group.master()).channel(0);
        }
        for (Slot slot : List.copyOf(waiting)) {
            release(slot);
        }
    }

    private void place(Slot slot, RouteMap next) {
        RouteMap.Entry entry = next.entries().get(slot.number());
        RouteMap.Group group = next.groups().get(entry.group());
        RouteMap.Group source = next.groups().get(entry.source());
        slot.server = group == null ? null : backends.at(group.master());
        slot.source = source == null ? null : backends.at(source.master());
        slot.move = next.moves().get(new RouteMap.Pair(entry.source(), entry.group()));
        slot.group = entry.group();
        slot.mode = (slot.mode & Slot.HELD)
                | (group == null ? Slot.OFFLINE : 0)
                | (entry.locked() ? Slot.LOCKED : 0)
                | (source == null || group == null ? 0 : Slot.MOVING);
    }

    /** Whether anything in flight, or that may still be executed, names keys of these slots. */
    public boolean busyOn(BitSet quiet) {
        return backends.busyOn(quiet) || backends.severedOn(quiet);
    }

    /** Queues a request until its slot is open. When too much waits already it expires at once. */
    public void hold(Slot slot, Routed routed) {
        if (routed.deadline() - loop.now() <= 0) {
            routed.expire(whyWaiting(slot));
            return;
        }
        if (kept + routed.keeps() > mostKept) {
            routed.expire("too many requests are waiting");
            return;
        }
        kept += routed.keeps();
        slot.add(routed);
        waiting.add(slot);
        lookAgain();
    }

    private void lookAgain() {
        if (!timerSet) {
            timerSet = true;
            loop.after(LOOK_AGAIN, this::look);
        }
    }

    private void look() {
        timerSet = false;
        for (Slot slot : List.copyOf(waiting)) {
            expire(slot);
            if (open(slot)) {
                release(slot);
            }
        }
        if (!waiting.isEmpty()) {
            lookAgain();
        }
    }

    private void expire(Slot slot) {
        for (Routed head = slot.first(); head != null && head.deadline() - loop.now() <= 0; head = slot.first()) {
            slot.removeFirst();
            kept -= head.keeps();
            head.expire(whyWaiting(slot));
        }
        if (slot.first() == null) {
            waiting.remove(slot);
        }
    }

    /** A server is usable again. */
    public void ready(Server server) {
        for (Slot slot : List.copyOf(waiting)) {
            if (slot.server == server || slot.source == server) {
                release(slot);
            }
        }
    }

    private boolean open(Slot slot) {
        if ((slot.mode & Slot.LOCKED) != 0) {
            return false;
        }
        Server server = slot.server;
        return server == null || server.connections().stream().anyMatch(Backend::takes);
    }

    /** Everyone sets out again, in order; whoever cannot is queued again by its own {@code go}. */
    public void release(Slot slot) {
        if ((slot.mode & Slot.LOCKED) != 0) {
            return;
        }
        Routed next = slot.removeAll();
        waiting.remove(slot);
        while (next != null) {
            Routed current = next;
            next = current.behind;
            current.behind = null;
            kept -= current.keeps();
            current.go();
        }
    }

    private String whyWaiting(Slot slot) {
        if ((slot.mode & Slot.LOCKED) != 0) {
            return "slot " + slot.number() + " is locked";
        }
        Server server = slot.server;
        if (server == null) {
            return "slot is not ready, may be offline";
        }
        List<String> problems = new ArrayList<>();
        for (Backend backend : server.connections()) {
            if (!backend.problem().isEmpty()) {
                problems.add(backend.problem());
            }
        }
        @Nullable String problem = problems.isEmpty() ? null : problems.getFirst();
        return "server " + server.address() + " is not available" + (problem == null ? "" : ": " + problem);
    }
}
