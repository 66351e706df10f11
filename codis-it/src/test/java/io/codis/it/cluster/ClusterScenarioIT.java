package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import io.codis.testkit.history.Gap;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistoryReport;
import io.codis.testkit.history.HistorySettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that is planned, one after the other, on a cluster full of data and with clients at work: nobody may notice.
 *
 * <p>{@code -Dkeys=1000000} for the full size.
 */
class ClusterScenarioIT {

    private static final int KEYS = Integer.getInteger("keys", 20_000);
    private static final Duration LONG = Duration.ofSeconds(Math.max(180, KEYS / 500));
    /** What clients may notice of a planned operation, milliseconds. */
    private static final long PLANNED_GAP = 1000;

    private static final HistorySettings LOAD = HistorySettings.of(List.of(), 0);

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void nobodyNoticesWhatIsPlanned(Engine engine) {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 2))) {
            cluster.keepingLogs(() -> scenario(cluster, engine, seed));
        }
    }

    /** The oldest engine, the one that comes with the distribution: a move, a switchover, a restart. */
    @Test
    void theBundledEngineServesMovesAndSwitchesOver() {
        long seed = Seed.next();
        try (LocalCluster cluster = LocalCluster.start(Engines.redis62(), new Shape(2, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(seed, KEYS);
                data.load(cluster.endpoints());
                try (HistoryChecker history = start(cluster, seed)) {
                    awaitWrites(history, 500);
                    cluster.scale(3, LONG);
                    cluster.switchOver(1);
                    cluster.awaitReady(LONG);
                    awaitWrites(history, 500);
                    history.finish().requireClean();
                }
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    private static void scenario(LocalCluster cluster, Engine engine, long seed) {
        Dataset data = Dataset.of(seed, KEYS);
        data.load(cluster.endpoints());
        try (HistoryChecker history = start(cluster, seed)) {
            Operations operations = new Operations(cluster, history);
            operations.run("scale 2 to 4 groups", () -> cluster.scale(4, LONG), gap -> true);
            operations.run("scale 4 to 2 groups", () -> cluster.scale(2, LONG), gap -> true);
            for (int group : List.of(1, 2)) {
                operations.run("switch over group " + group, () -> cluster.switchOver(group), gap -> true);
                cluster.awaitReady(LONG);
            }
            operations.run("restart the dashboard", () -> restart(cluster, "dashboard"), gap -> true);
            for (String proxy : cluster.processes("proxy-")) {
                operations.run("restart " + proxy, () -> restart(cluster, proxy), gap -> !gap.moved());
            }
            HistoryReport report = history.finish();
            System.out.println("scenario " + engine + ": " + report);
            report.requireClean();
            requireNobodyNoticed(report, cluster.processes("proxy-").size());
        }
        data.requireIntact(cluster.endpoints());
        stopAndStart(cluster, data, seed);
    }

    /** All clients see the end of their connections; what was acknowledged before is there afterwards. */
    private static void stopAndStart(LocalCluster cluster, Dataset data, long seed) {
        try (HistoryChecker history = start(cluster, seed + 1)) {
            awaitWrites(history, 500);
            cluster.down();
            cluster.up();
            cluster.awaitReady(LONG);
            awaitWrites(history, 500);
            HistoryReport report = history.finish();
            System.out.println("stop all, start all: " + report);
            report.requireClean();
            requireNobodyNoticed(report, cluster.processes("proxy-").size());
        }
        data.requireIntact(cluster.endpoints());
    }

    /**
     * A proxy that stops answers what it has been sent, and none listens before it serves. What a client sends while the end
     * of its connection is on the way to it is not executed ({@code DrainTest}), and only the client cannot know that: at
     * most what it may have in flight, once for each proxy that left. Timeouts count as gaps.
     */
    private static void requireNobodyNoticed(HistoryReport report, int proxiesThatLeft) {
        assertThat(report.turnedAway()).as("connections turned away").isZero();
        if (report.timeouts() == 0) {
            assertThat(report.unknown())
                    .as("writes without an answer")
                    .isLessThanOrEqualTo((long) proxiesThatLeft * (LOAD.writers() * LOAD.pipeline() + LOAD.pulses()));
        }
    }

    private static void restart(LocalCluster cluster, String name) {
        cluster.restart(name, "TERM", LONG);
        // what the dashboard knows of a process may still be what its predecessor said
        cluster.awaitSettled(Duration.ofSeconds(4), LONG);
    }

    private static HistoryChecker start(LocalCluster cluster, long seed) {
        return HistoryChecker.start(HistorySettings.of(cluster.endpoints(), seed), cluster::groupOfSlot);
    }

    static void awaitWrites(HistoryChecker history, long more) {
        long start = history.soFar().acknowledged();
        org.awaitility.Awaitility.await(more + " more writes")
                .atMost(Duration.ofSeconds(60))
                .until(() -> history.soFar().acknowledged() >= start + more);
    }

    private record Operations(LocalCluster cluster, HistoryChecker history) {

        void run(String name, Runnable operation, Predicate<Gap> counts) {
            awaitWrites(history, 500);
            long start = System.currentTimeMillis();
            operation.run();
            long end = System.currentTimeMillis();
            awaitWrites(history, 500);
            HistoryReport report = history.soFar();
            Optional<Gap> gap = report.longestGap(start, end, counts);
            System.out.println(name + ": " + (end - start) + " ms, longest gap "
                    + gap.map(g -> g.millis() + " ms in group " + g.group()).orElse("below 100 ms"));
            report.requireClean();
            assertThat(gap.map(Gap::millis).orElse(0L))
                    .as("gap of: %s", name)
                    .isLessThanOrEqualTo(Busy.allowed(PLANNED_GAP));
        }
    }
}
