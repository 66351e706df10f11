package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.cluster.Busy;
import io.codis.testkit.history.Gap;
import io.codis.testkit.history.HistoryChecker;
import io.codis.testkit.history.HistoryReport;
import io.codis.testkit.history.HistorySettings;
import io.codis.testkit.history.Violation;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Something is done to a cluster while clients are at work through the proxies' Service; nothing may be lost. */
final class UnderLoad {

    private static final int WRITES_PER_SECOND = 400;
    private static final int WRITES = 300;
    private static final Set<Violation.Kind> GONE = EnumSet.of(Violation.Kind.LOST, Violation.Kind.STALE);
    /** Longer than anybody takes to look again at another. */
    private static final Duration SETTLED = Duration.ofSeconds(4);

    private final KubeCluster kube;
    private final String cluster;
    private final Random seeds;
    private final @Nullable String password;
    private final int mayLose;

    /** @param seeds one for each run: it is in the names of the keys */
    UnderLoad(KubeCluster kube, String cluster, Random seeds) {
        this(kube, cluster, seeds, null, 0);
    }

    private UnderLoad(KubeCluster kube, String cluster, Random seeds, @Nullable String password, int mayLose) {
        this.kube = kube;
        this.cluster = cluster;
        this.seeds = seeds;
        this.password = password;
        this.mayLose = mayLose;
    }

    /** Of clients that must give one. */
    UnderLoad withPassword(String word) {
        return new UnderLoad(kube, cluster, seeds, word, mayLose);
    }

    /** Where a master dies at once: what its replica had not got yet, which is counted. */
    UnderLoad losing(int most) {
        return new UnderLoad(kube, cluster, seeds, password, most);
    }

    /** @param allowedGap that clients may notice, milliseconds */
    HistoryReport run(String what, long allowedGap, Runnable operation) {
        var open = HistorySettings.of(kube.endpoints(cluster, "proxy"), seeds.nextInt(Integer.MAX_VALUE))
                .withWritesPerSecond(WRITES_PER_SECOND);
        HistorySettings settings = password == null ? open : open.withPassword(password);
        try (HistoryChecker history = HistoryChecker.start(settings, slot -> 0)) {
            awaitWrites(history);
            long start = System.currentTimeMillis();
            operation.run();
            kube.awaitSettled(cluster, SETTLED);
            long end = System.currentTimeMillis();
            awaitWrites(history);
            HistoryReport report = history.finish();
            long gap =
                    report.longestGap(start, end, any -> true).map(Gap::millis).orElse(0L);
            System.out.println(what + ": Ready after " + (end - start - SETTLED.toMillis()) + " ms, longest gap " + gap
                    + " ms; " + report);
            report.requireClean(violation -> mayLose > 0 && GONE.contains(violation.kind()));
            assertThat(report.violations()).as("writes that are gone").hasSizeLessThanOrEqualTo(mayLose);
            assertThat(gap).as("gap of: %s", what).isLessThanOrEqualTo(Busy.allowed(allowedGap));
            return report;
        }
    }

    private static void awaitWrites(HistoryChecker history) {
        long before = history.soFar().acknowledged();
        Awaitility.await(WRITES + " more writes")
                .atMost(Duration.ofSeconds(60))
                .until(() -> history.soFar().acknowledged() >= before + WRITES);
    }
}
