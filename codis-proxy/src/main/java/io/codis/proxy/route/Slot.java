package io.codis.proxy.route;

import io.codis.proxy.backend.Server;
import org.jspecify.annotations.Nullable;

/** One slot as one loop sees it. */
public final class Slot {

    /** No group serves it. */
    public static final int OFFLINE = 1;
    /** The route table says to wait. */
    public static final int LOCKED = 2;
    /** Others wait already; whoever comes must queue behind them. */
    public static final int HELD = 4;
    /** Keys may still be at the source. */
    public static final int MOVING = 8;

    private final int number;
    int mode = OFFLINE;

    @Nullable
    Server server;

    @Nullable
    Server source;

    RouteMap.@Nullable Move move;
    int group;

    private @Nullable Routed first;
    private @Nullable Routed last;

    Slot(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** 0 for the plain case: one server, nobody waits. */
    public int mode() {
        return mode;
    }

    /** The owner's master. Only for slots that are not offline. */
    public Server server() {
        Server known = server;
        if (known == null) {
            throw new IllegalStateException("slot " + number + " is offline");
        }
        return known;
    }

    public @Nullable Server sourceServer() {
        return source;
    }

    public RouteMap.@Nullable Move move() {
        return move;
    }

    public int group() {
        return group;
    }

    void add(Routed routed) {
        Routed before = last;
        if (before == null) {
            first = routed;
        } else {
            before.behind = routed;
        }
        last = routed;
        mode |= HELD;
    }

    @Nullable
    Routed first() {
        return first;
    }

    @Nullable
    Routed removeFirst() {
        Routed head = first;
        if (head != null) {
            first = head.behind;
            head.behind = null;
            if (first == null) {
                last = null;
                mode &= ~HELD;
            }
        }
        return head;
    }

    /** Empties the queue; the first of what waited. */
    @Nullable
    Routed removeAll() {
        Routed head = first;
        first = null;
        last = null;
        mode &= ~HELD;
        return head;
    }
}
