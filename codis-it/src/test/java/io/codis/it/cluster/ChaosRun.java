package io.codis.it.cluster;

import io.codis.testkit.history.Gap;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistoryReport;
import io.codis.testkit.history.HistorySettings;
import io.codis.testkit.history.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** An operation and a fault in the middle of it, with clients at work. */
final class ChaosRun {

    private static final Duration READY = Duration.ofSeconds(120);
    /** Longer than any process takes to look again at another. */
    private static final Duration SETTLED = Duration.ofMillis(1500);

    private static final int WRITES = 200;

    /** What clients may notice, milliseconds. */
    private static final long PLANNED_GAP = 1000;

    private static final long KILL_GAP = 5000;
    private static final long SILENCE_GAP = 15_000;

    /**
     * What came of it.
     *
     * @param readyAfter from the fault to the time from which the cluster was ready, milliseconds
     * @param longestGap milliseconds, 0 below 100
     * @param behind by how much the replica that became master was behind when the fault came, milliseconds; -1 without one
     * @param lost keys that have lost what a hurt master had not replicated
     */
    record Outcome(
            Operation operation,
            int group,
            Fault fault,
            boolean masterHurt,
            long readyAfter,
            long longestGap,
            long allowedGap,
            long behind,
            long lost,
            List<Violation> violations,
            HistoryReport report) {

        boolean isGood() {
            return violations.isEmpty()
                    && report.moreViolations() == 0
                    && report.errors().isEmpty()
                    && report.acknowledged() > 0
                    && longestGap <= allowedGap;
        }

        String line() {
            Map<Violation.Kind, Long> kinds = report.kinds();
            return operation + " group " + group + "; " + fault + (masterHurt ? " (a master)" : "") + "; ready "
                    + readyAfter + " ms; gap " + longestGap + " of " + allowedGap + " ms; load "
                    + "%.1f".formatted(Busy.waiting()) + " a core; acknowledged "
                    + report.acknowledged() + "; unknown " + report.unknown() + "; errors " + report.errors()
                    + "; behind " + behind + " ms; lost " + lost + "; violations "
                    + (violations.size() + report.moreViolations()) + " of " + kinds;
        }
    }

    private final LocalCluster cluster;
    private final Succession succession;
    private final Random random;

    ChaosRun(LocalCluster cluster, Succession succession, Random random) {
        this.cluster = cluster;
        this.succession = succession;
        this.random = random;
    }

    Outcome run() {
        succession.follow(cluster.addresses());
        Operation operation = Operation.random(random);
        int group = 1 + random.nextInt(2);
        Fault fault =
                Fault.random(random, operation, cluster.processes(""), operation == Operation.FAILOVER ? group : 0);
        System.out.println(operation + " group " + group + "; " + fault);
        boolean masterHurt = fault.victims().stream().anyMatch(victim -> cluster.isMaster(victim.name()));
        var settings = HistorySettings.of(cluster.endpoints(), random.nextInt(Integer.MAX_VALUE));
        try (HistoryChecker history = HistoryChecker.start(settings, cluster::groupOfSlot)) {
            ClusterScenarioIT.awaitWrites(history, WRITES);
            long begun = System.currentTimeMillis();
            CompletableFuture<Void> running = CompletableFuture.runAsync(() -> operation.begin(cluster, group, random));
            long struck = fault.strike(cluster);
            running.join();
            cluster.awaitSettled(SETTLED, READY);
            long ready = System.currentTimeMillis();
            ClusterScenarioIT.awaitWrites(history, WRITES);
            HistoryReport report = history.finish();
            Predicate<Violation> unreplicated =
                    violation -> violation.window() != null && succession.mayLose(violation.window());
            return new Outcome(
                    operation,
                    group,
                    fault,
                    masterHurt || operation == Operation.FAILOVER,
                    ready - SETTLED.toMillis() - struck,
                    report.longestGap(begun, ready, gap -> true)
                            .map(Gap::millis)
                            .orElse(0L),
                    Busy.allowed(allowedGap(operation, fault)),
                    behind(begun),
                    report.violations().stream().filter(unreplicated).count(),
                    report.violations().stream().filter(unreplicated.negate()).toList(),
                    report);
        }
    }

    private static long allowedGap(Operation operation, Fault fault) {
        if (operation == Operation.NONE && fault.sparesData()) {
            return PLANNED_GAP;
        }
        return fault.kills() ? KILL_GAP : SILENCE_GAP;
    }

    /** From the last write that the new master is known to have had to the last known of the old one. */
    private long behind(long begun) {
        return succession.since(begun).stream()
                .mapToLong(succession::behind)
                .max()
                .orElse(-1);
    }
}
