package io.codis.proxy.move;

import io.codis.core.codis3.ProxyStats;
import io.codis.proxy.backend.Backends;
import io.codis.proxy.backend.Channel;
import io.codis.proxy.engine.Loop;
import io.codis.proxy.route.RouteMap;
import io.codis.proxy.route.RouteMap.Pair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All moves that one loop's requests take part in. */
public final class Movers {

    private static final long LOOK_AGAIN = 20_000_000L;
    private static final int MOST_WANTED = 16;

    private final Loop loop;
    private final Backends backends;
    private final long timeoutMillis;
    private final Map<Pair, Mover> movers = new HashMap<>();
    private final List<Mover> ending = new ArrayList<>();
    private boolean timerSet;

    /** @param timeout of one MIGRATE; at most a third of what makes a failure detector take the source for dead */
    public Movers(Loop loop, Backends backends, Duration timeout) {
        this.loop = loop;
        this.backends = backends;
        this.timeoutMillis = timeout.toMillis();
    }

    /** Brings the request's keys to the target first, or reads at the source. */
    public void run(Moving moving) {
        RouteMap.Move move = moving.slot().move();
        if (move == null) {
            moving.failed("ERR handle request, slot " + moving.slot().number() + " moves and no login for it is known");
            return;
        }
        moverOf(move).run(moving);
        lookAgain();
    }

    private Mover moverOf(RouteMap.Move move) {
        Pair pair = new Pair(move.source().id(), move.target().id());
        Mover known = movers.get(pair);
        if (known != null) {
            return known;
        }
        Mover mover = new Mover(
                loop,
                timeoutMillis,
                move,
                backends.at(move.source().master()),
                backends.at(move.target().master()));
        movers.put(pair, mover);
        mover.begin();
        return mover;
    }

    private void lookAgain() {
        if (!timerSet) {
            timerSet = true;
            loop.after(LOOK_AGAIN, this::look);
        }
    }

    private void look() {
        timerSet = false;
        boolean more = false;
        for (Mover mover : List.copyOf(movers.values())) {
            more |= mover.expire();
        }
        for (Mover mover : List.copyOf(ending)) {
            mover.expire();
            if (mover.isOver()) {
                mover.close();
                ending.remove(mover);
            }
        }
        if (more || !ending.isEmpty()) {
            lookAgain();
        }
    }

    /** After the routes themselves have been put in force. */
    public void install(RouteMap map) {
        for (Map.Entry<Pair, Mover> entry : List.copyOf(movers.entrySet())) {
            Mover mover = entry.getValue();
            if (mover.move().equals(map.moves().get(entry.getKey()))) {
                mover.rerouted();
            } else {
                movers.remove(entry.getKey());
                ending.add(mover);
                mover.retire();
            }
        }
        map.moves().values().forEach(this::moverOf);
        lookAgain();
    }

    /** Whether a key of these slots is on its way. */
    public boolean busyOn(BitSet locked) {
        return movers.values().stream().anyMatch(mover -> mover.busyOn(locked))
                || ending.stream().anyMatch(mover -> mover.busyOn(locked));
    }

    /** Keys too big for the requests that wait for them, a few of them. */
    public List<ProxyStats.WantedKey> wanted() {
        List<ProxyStats.WantedKey> wanted = new ArrayList<>();
        for (Mover mover : movers.values()) {
            for (KeyMove key : mover.wanted()) {
                if (wanted.size() < MOST_WANTED) {
                    wanted.add(new ProxyStats.WantedKey(
                            mover.move().source().id(),
                            Channel.database(key.key.channel()),
                            Base64.getEncoder().encodeToString(key.bytes()),
                            key.memory));
                }
            }
        }
        return wanted;
    }

    /** The moves that need a new login (safety rule 4). */
    public List<ProxyStats.BrokenMove> broken() {
        List<ProxyStats.BrokenMove> broken = new ArrayList<>();
        for (Mover mover : movers.values()) {
            if (mover.isBroken()) {
                RouteMap.Move move = mover.move();
                broken.add(new ProxyStats.BrokenMove(
                        move.source().id(),
                        move.target().id(),
                        move.credentials().user()));
            }
        }
        return broken;
    }
}
