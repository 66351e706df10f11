package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any process killed or frozen, or two at once, at any moment of a move, a switchover, a failover or nothing at all: the
 * cluster becomes ready by itself within the stated gaps, and nothing is lost but what a hurt master's heir had not received.
 *
 * <p>{@code -Druns=25} for a long one, {@code -Dchaos.engine=valkey} for the other engine, {@code -Dchaos.results=FILE} for
 * a line of each run, {@code -Dchaos.keep=true} to keep all logs. Each run has a seed of its own, printed before it; {@code -Dseed=} repeats that one's choices.
 */
class ChaosIT {

    private static final int RUNS = Integer.getInteger("runs", 3);
    private static final int KEYS = Integer.getInteger("keys", 20_000);
    private static final String ENGINE = System.getProperty("chaos.engine", "redis");
    private static final boolean KEEP = Boolean.getBoolean("chaos.keep");
    private static final String RESULTS = System.getProperty("chaos.results", "");

    @Test
    void theClusterHealsAndLosesNothingThatWasReplicated() {
        Engine engine = ENGINE.equals("valkey") ? Engines.valkey8().orElseThrow() : Engines.redis7();
        var failures = new ArrayList<String>();
        try (LocalCluster cluster = LocalCluster.start(engine, new Shape(2, 2, 2));
                var succession = Succession.of(cluster.secret())) {
            Dataset data = Dataset.of(1, KEYS);
            data.load(cluster.endpoints());
            cluster.keepingLogs(() -> {
                Seed.each(RUNS, seed -> {
                    System.out.println(LocalTime.now().truncatedTo(ChronoUnit.MILLIS) + " chaos -Dseed=" + seed);
                    var outcome = new ChaosRun(cluster, succession, new Random(seed)).run();
                    record("seed " + seed + "; " + engine + "; " + outcome.line());
                    if (!outcome.isGood()) {
                        failures.add("-Dseed=" + seed + ": " + outcome.line());
                        outcome.violations().stream().limit(20).forEach(System.out::println);
                    }
                    if (!outcome.isGood() || KEEP) {
                        cluster.keepLogs();
                    }
                });
                data.requireIntact(cluster.endpoints());
            });
        }
        assertThat(failures).as("runs that did not go as they must").isEmpty();
    }

    private static void record(String line) {
        System.out.println(line);
        if (!RESULTS.isEmpty()) {
            try {
                Files.write(Path.of(RESULTS), List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
