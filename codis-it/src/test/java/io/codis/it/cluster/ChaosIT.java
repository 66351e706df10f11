package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.problem.CodisException;
import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import io.codis.testkit.history.Gap;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistoryReport;
import io.codis.testkit.history.HistorySettings;
import io.codis.testkit.history.Violation;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Any process killed or frozen at any moment of a move, a switchover or nothing at all: the cluster becomes ready by
 * itself, and nothing is lost but what a hurt master had not yet replicated.
 *
 * <p>{@code -Druns=500} for a long one, {@code -Dchaos.engine=valkey} for the other engine. Each run has a seed of its own,
 * printed before it; {@code -Dseed=} repeats that one's choices.
 */
class ChaosIT {

    private static final int RUNS = Integer.getInteger("runs", 3);
    private static final int KEYS = Integer.getInteger("keys", 3_000);
    private static final Duration READY = Duration.ofSeconds(120);
    /** What clients may notice, milliseconds. */
    private static final long KILL_GAP = 5_000;

    private static final long FREEZE_GAP = 15_000;

    private enum Operation {
        MOVE,
        SWITCHOVER,
        NONE
    }

    @Test
    void theClusterHealsAndLosesNothingThatWasReplicated() {
        Engine engine = System.getProperty("chaos.engine", "redis").equals("valkey")
                ? Engines.valkey8().orElseThrow()
                : Engines.redis7();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 2))) {
            Dataset data = Dataset.of(1, KEYS);
            data.load(cluster.endpoints());
            cluster.keepingLogs(() -> {
                Seed.times(RUNS, random -> run(cluster, random));
                data.requireIntact(cluster.endpoints());
            });
        }
    }

    private static void run(LocalCluster cluster, Random random) {
        Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
        Fault fault = Fault.random(random, cluster.processes(""));
        int group = 1 + random.nextInt(2);
        boolean masterHurt =
                fault.server().map(server -> isMaster(cluster, server)).orElse(false);
        try (HistoryChecker history = HistoryChecker.start(
                HistorySettings.of(cluster.endpoints(), random.nextInt(Integer.MAX_VALUE)), cluster::groupOfSlot)) {
            ClusterScenarioIT.awaitWrites(history, 300);
            CompletableFuture<Void> running = CompletableFuture.runAsync(() -> begin(cluster, operation, group));
            long struck = fault.strike(cluster);
            running.join();
            cluster.awaitSettled(READY);
            long ready = System.currentTimeMillis();
            ClusterScenarioIT.awaitWrites(history, 300);
            HistoryReport report = history.finish();
            System.out.println("chaos " + operation + " " + fault + (masterHurt ? " (a master)" : "") + ": ready after "
                    + (ready - struck) + " ms, " + report);
            // a switchover may have made any server of the group the master when the fault came
            boolean mayLose = fault.server().isPresent() && (masterHurt || operation == Operation.SWITCHOVER);
            Predicate<Violation> allowed = violation -> mayLose && Fault.isUnreplicated(violation, struck);
            report.requireClean(allowed);
            requireShortGap(report, fault, struck, ready);
        }
    }

    private static boolean isMaster(LocalCluster cluster, String server) {
        return cluster.status().groups().stream()
                .anyMatch(group -> !group.servers().isEmpty()
                        && group.servers().getFirst().name().equals(server));
    }

    /** The operation may fail when the process that leads it is hurt; what it began must be ended all the same. */
    private static void begin(LocalCluster cluster, Operation operation, int group) {
        try {
            switch (operation) {
                case MOVE -> cluster.beginScale(cluster.status().groups().size() == 2 ? 3 : 2);
                case SWITCHOVER -> cluster.switchOver(group);
                case NONE -> {}
            }
        } catch (CodisException e) {
            System.out.println("the operation itself said: " + e.getMessage());
        }
    }

    private static void requireShortGap(HistoryReport report, Fault fault, long struck, long ready) {
        long longest =
                report.longestGap(struck, ready, gap -> true).map(Gap::millis).orElse(0L);
        assertThat(longest)
                .as("gap after %s", fault)
                .isLessThanOrEqualTo(Busy.allowed(fault.kills() ? KILL_GAP : FREEZE_GAP));
    }
}
