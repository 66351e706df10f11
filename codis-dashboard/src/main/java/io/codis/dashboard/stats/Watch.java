package io.codis.dashboard.stats;

import io.codis.core.problem.CodisException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Looks at a changing set of things again and again, each on a thread of its own, so that one that is silent delays no
 * other.
 *
 * @param <T> what is seen
 */
final class Watch<T> implements AutoCloseable {

    private final String name;
    private final Function<String, T> look;
    private final Supplier<Duration> pause;
    private final InstantSource clock;
    private final Map<String, Thread> watched = new ConcurrentHashMap<>();
    private final Map<String, StatsEntry<T>> seen = new ConcurrentSkipListMap<>();

    private volatile boolean closed;

    /** @param look may block for a second or so, and throws a CodisException when there is no answer */
    Watch(String name, Function<String, T> look, Supplier<Duration> pause, InstantSource clock) {
        this.name = name;
        this.look = look;
        this.pause = pause;
        this.clock = clock;
    }

    /** From now on these are looked at, and no others. */
    void follow(Iterable<String> things) {
        var wanted = new HashSet<String>();
        things.forEach(wanted::add);
        if (!closed) {
            wanted.forEach(thing -> watched.computeIfAbsent(thing, this::begin));
        }
        watched.entrySet().removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
                entry.getValue().interrupt();
                seen.remove(entry.getKey());
            }
            return gone;
        });
    }

    /** The last look at each, by name; without those that were not looked at yet. */
    Map<String, StatsEntry<T>> seen() {
        return Map.copyOf(seen);
    }

    @Override
    public void close() {
        closed = true;
        watched.values().forEach(Thread::interrupt);
    }

    private Thread begin(String thing) {
        return Thread.ofVirtual().name(name + "-" + thing).start(() -> run(thing));
    }

    private void run(String thing) {
        try {
            while (!closed && !Thread.currentThread().isInterrupted()) {
                StatsEntry<T> entry = entry(thing);
                if (watched.get(thing) == Thread.currentThread()) {
                    seen.put(thing, entry);
                }
                Thread.sleep(pause.get());
            }
        } catch (InterruptedException e) {
            // no longer watched
        }
    }

    private StatsEntry<T> entry(String thing) {
        try {
            return StatsEntry.said(look.apply(thing), clock.instant());
        } catch (CodisException e) {
            return StatsEntry.failed(e, clock.instant());
        }
    }
}
