package io.codis.proxy.session;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.proxy.backend.Backend;
import io.codis.proxy.route.RouteMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Sums up the counters of all loops. Each loop is asked and answers between two requests, so nothing needs a lock. */
final class Meter implements AutoCloseable {

    private final List<Worker> workers;
    private final AtomicLong alive;
    private final AtomicLong accepted = new AtomicLong();
    private final Thread sampler;
    private volatile long qps;

    Meter(List<Worker> workers, AtomicLong alive) {
        this.workers = workers;
        this.alive = alive;
        this.sampler = Thread.ofVirtual().name("proxy-qps").start(this::sample);
    }

    void accepted() {
        accepted.incrementAndGet();
    }

    private void sample() {
        long before = 0;
        try {
            while (true) {
                Thread.sleep(1000);
                long total = total();
                qps = Math.max(0, total - before);
                before = total;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CodisException e) {
            qps = 0;
        }
    }

    @Override
    public void close() {
        sampler.interrupt();
    }

    private <T> List<T> each(Function<Worker, T> question) {
        List<T> answers = new ArrayList<>();
        for (Worker worker : workers) {
            try {
                answers.add(worker.loop.ask(() -> question.apply(worker)).get(5, TimeUnit.SECONDS));
            } catch (ExecutionException | TimeoutException e) {
                throw new CodisException(Reason.TIMED_OUT, "loop " + worker.loop.number() + " does not answer", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CodisException(Reason.TIMED_OUT, "interrupted", e);
            }
        }
        return answers;
    }

    private long total() {
        return each(Meter::callsOf).stream().mapToLong(Long::longValue).sum();
    }

    private static long callsOf(Worker worker) {
        long calls = worker.unknown;
        for (Verb verb : worker.verbs.all()) {
            calls += verb.calls;
        }
        return calls;
    }

    private record Totals(long calls, long fails, long errors, Map<String, long[]> verbs) {}

    private static Totals totalsOf(Worker worker) {
        Map<String, long[]> verbs = new TreeMap<>();
        for (Verb verb : worker.verbs.all()) {
            if (verb.calls > 0) {
                verbs.put(verb.name(), new long[] {verb.calls, verb.nanos, verb.fails, verb.errors});
            }
        }
        return new Totals(callsOf(worker), worker.fails, worker.errors, verbs);
    }

    ProxyStats.Ops ops(boolean withCommands) {
        long calls = 0;
        long fails = 0;
        long errors = 0;
        Map<String, long[]> all = new TreeMap<>();
        for (Totals totals : each(Meter::totalsOf)) {
            calls += totals.calls;
            fails += totals.fails;
            errors += totals.errors;
            totals.verbs.forEach((name, counts) -> all.merge(name, counts, Meter::add));
        }
        List<ProxyStats.CommandCount> commands = withCommands
                ? all.entrySet().stream()
                        .map(e -> count(e.getKey(), e.getValue()))
                        .toList()
                : null;
        return new ProxyStats.Ops(calls, fails, new ProxyStats.RedisErrors(errors), qps, commands);
    }

    private static long[] add(long[] a, long[] b) {
        return new long[] {a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]};
    }

    private static ProxyStats.CommandCount count(String name, long[] counts) {
        long usecs = counts[1] / 1000;
        return new ProxyStats.CommandCount(
                name.toUpperCase(Locale.ROOT), counts[0], usecs, usecs / counts[0], counts[2], counts[3]);
    }

    ProxyStats.Sessions sessions() {
        return new ProxyStats.Sessions(accepted.get(), alive.get());
    }

    private record Seen(boolean up, long downNanos, long silentNanos, boolean refused, String problem) {

        /** The best of several loops' views decides that it is up, the worst how long it has been silent. */
        static Seen both(Seen a, Seen b) {
            Seen better = a.up ? a : b;
            return new Seen(
                    a.up || b.up,
                    Math.min(a.downNanos, b.downNanos),
                    Math.max(a.silentNanos, b.silentNanos),
                    a.refused || b.refused,
                    better.up ? "" : better.problem);
        }
    }

    private static Map<String, Seen> seenBy(Worker worker) {
        Map<String, Seen> seen = new TreeMap<>();
        for (var server : worker.backends.all()) {
            for (Backend backend : server.connections()) {
                boolean refused = backend.problem().startsWith("login refused");
                Seen one = new Seen(
                        backend.isReady(), backend.downFor(), backend.waitingFor(), refused, backend.problem());
                seen.merge(server.address(), one, Seen::both);
            }
        }
        return seen;
    }

    List<ProxyStats.BackendHealth> health(RouteMap map) {
        Map<String, Seen> seen = new TreeMap<>();
        each(Meter::seenBy).forEach(one -> one.forEach((address, s) -> seen.merge(address, s, Seen::both)));
        List<ProxyStats.BackendHealth> health = new ArrayList<>();
        for (RouteMap.Group group : map.groups().values()) {
            Seen s = seen.getOrDefault(group.master(), new Seen(false, 0, 0, false, "not connected yet"));
            health.add(new ProxyStats.BackendHealth(
                    group.master(),
                    group.id(),
                    s.up,
                    s.up ? 0 : s.downNanos / 1_000_000,
                    s.silentNanos / 1_000_000,
                    s.refused,
                    s.problem));
        }
        return health;
    }

    List<ProxyStats.BrokenMove> brokenMoves() {
        return each(worker -> worker.movers.broken()).stream()
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    List<ProxyStats.WantedKey> wantedKeys() {
        return each(worker -> worker.movers.wanted()).stream()
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    void reset() {
        each(worker -> {
            worker.verbs.all().forEach(Verb::reset);
            worker.fails = 0;
            worker.errors = 0;
            worker.unknown = 0;
            return true;
        });
        accepted.set(alive.get());
    }
}
