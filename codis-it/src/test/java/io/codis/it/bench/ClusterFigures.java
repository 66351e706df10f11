package io.codis.it.bench;

import io.codis.it.cluster.LocalCluster;
import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.history.Gap;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistorySettings;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Start, memory, moves, switchover and failover of a cluster on this machine. Each figure is one printed line. */
class ClusterFigures {

    private static final int KEYS = Integer.getInteger("keys", 1_000_000);
    private static final int RATE = Integer.getInteger("rate", 2000);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void startAndMemory() {
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            try (LocalCluster cluster = LocalCluster.start(Engines.redis7(), new Shape(2, 2, 1))) {
                say("up to Ready, 2 groups of 2, 1 proxy: %.1f s", seconds(start));
                if (round == 0) {
                    // until what the start needed has been given back
                    LockSupport.parkNanos(Duration.ofSeconds(15).toNanos());
                    memory(cluster);
                }
            }
        }
    }

    private static void memory(LocalCluster cluster) {
        for (String name : cluster.processes("")) {
            say(
                    "RSS of %s, idle: %d MiB",
                    name, Memory.residentMib(cluster.pid(name).orElseThrow()));
        }
    }

    @Test
    void moves() throws IOException {
        try (LocalCluster cluster = LocalCluster.start(Engines.redis7(), new Shape(2, 2, 1))) {
            cluster.unwatch();
            load(cluster.endpoints().getFirst());
            say("moves, idle: %s", move(cluster, 4, () -> {}));
            say("moves back, idle: %s", move(cluster, 2, () -> {}));
            try (SteadyLoad load = SteadyLoad.start(cluster.endpoints().getFirst(), 16, RATE, KEYS)) {
                settle(load, 5);
                settle(load, 10);
                Histogram before = settle(load, 10);
                // the start of the new servers is not the moves'
                String moved = move(cluster, 4, load::latencies);
                Histogram during = load.latencies();
                say("moves, with %d writes/s: %s", RATE, moved);
                say(
                        "latency of the writers, p50/p99/max us: without %s, with moves %s, errors %d",
                        quantiles(before), quantiles(during), load.errors());
            }
        }
    }

    private static Histogram settle(SteadyLoad load, int seconds) {
        load.latencies();
        LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
        return load.latencies();
    }

    private static String quantiles(Histogram histogram) {
        return histogram.getValueAtPercentile(50) + "/" + histogram.getValueAtPercentile(99) + "/"
                + histogram.getMaxValue();
    }

    /** Scales and measures from the first to the last moment at which slots move. */
    private static String move(LocalCluster cluster, int groups, Runnable atTheFirst) {
        CompletableFuture<Void> scaling = CompletableFuture.runAsync(() -> cluster.scale(groups, LONG));
        cluster.await("the first move", LONG, status -> status.slots().moving() > 0 || ended(scaling));
        List<Long> before = keys(cluster);
        atTheFirst.run();
        long start = System.nanoTime();
        cluster.await("the last move", LONG, status -> status.slots().moving() == 0);
        double seconds = seconds(start);
        List<Long> after = keys(cluster);
        scaling.join();
        long moved = 0;
        for (int i = 0; i < after.size(); i++) {
            moved += Math.max(0, after.get(i) - (i < before.size() ? before.get(i) : 0));
        }
        return String.format(Locale.ROOT, "%d keys in %.1f s, %.0f keys/s", moved, seconds, moved / seconds);
    }

    /** A scaling that ends before a move was seen has failed, and says why. */
    private static boolean ended(CompletableFuture<Void> scaling) {
        if (scaling.isDone()) {
            scaling.join();
            throw new AssertionError("scaled, and nothing moved");
        }
        return false;
    }

    /** Of each group's master, in the order of the groups. */
    private static List<Long> keys(LocalCluster cluster) {
        return cluster.status().groups().stream()
                .map(group -> group.servers().stream()
                        .findFirst()
                        .map(server -> Math.max(0, server.keys()))
                        .orElse(0L))
                .toList();
    }

    private static void load(String endpoint) throws IOException {
        try (RespConnection connection = RespConnection.open(endpoint, Duration.ofSeconds(20))) {
            for (int from = 0; from < KEYS; from += 1000) {
                int to = Math.min(KEYS, from + 1000);
                for (int i = from; i < to; i++) {
                    connection.send("SET", SteadyLoad.key(i), SteadyLoad.VALUE);
                }
                connection.flush();
                for (int i = from; i < to; i++) {
                    if (connection.read() instanceof Reply.Failure(String text)) {
                        throw new AssertionError(text);
                    }
                }
            }
        }
    }

    @Test
    void gaps() {
        try (LocalCluster cluster = LocalCluster.start(Engines.redis7(), new Shape(2, 2, 1));
                HistoryChecker history = HistoryChecker.start(
                        HistorySettings.of(cluster.endpoints(), Seed.next()), cluster::groupOfSlot)) {
            LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
            List<Long> switched = new ArrayList<>();
            List<Long> engineKilled = new ArrayList<>();
            List<Long> launcherKilled = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                int group = 1 + round % 2;
                switched.add(gap(cluster, history, () -> cluster.switchOver(group)));
                engineKilled.add(gap(cluster, history, () -> kill(cluster.enginePid(cluster.master(group)))));
                launcherKilled.add(gap(cluster, history, () -> kill(cluster.pid(cluster.master(group)))));
            }
            say("switchover gap, ms (0: below 100): %s", switched);
            say("failover gap after kill -9 of the engine, ms: %s", engineKilled);
            say("failover gap after kill -9 of the launcher, ms: %s", launcherKilled);
            say("%s", history.finish());
        }
    }

    private static long gap(LocalCluster cluster, HistoryChecker history, Runnable deed) {
        long start = System.currentTimeMillis();
        deed.run();
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        cluster.awaitReady(LONG);
        long end = System.currentTimeMillis();
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        return history.soFar()
                .longestGap(start, end, gap -> true)
                .map(Gap::millis)
                .orElse(0L);
    }

    private static void kill(Optional<Long> pid) {
        ChildProcess.signal(pid.orElseThrow(), "KILL");
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static void say(String format, Object... arguments) {
        System.out.println("figure: " + String.format(Locale.ROOT, format, arguments));
    }
}
