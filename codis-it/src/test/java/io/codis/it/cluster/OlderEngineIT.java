package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.it.cluster.LocalCluster.Shape;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The engine that wrote the data is gone from the PATH: an older one is not started on it, and nothing is lost. */
class OlderEngineIT {

    private static final Duration LONG = Duration.ofSeconds(180);

    @Test
    void upRefusesAnEngineThatDoesNotReadTheData() {
        Engine newest = Engines.valkey8().orElseGet(Engines::redis7);
        List<Engine> older = Stream.of(Engines.redis7(), Engines.redis62())
                .filter(engine -> !engine.equals(newest))
                .toList();
        try (LocalCluster cluster = LocalCluster.start(newest, new Shape(1, 2, 1))) {
            cluster.keepingLogs(() -> {
                Dataset data = Dataset.of(Seed.next(), 1000);
                data.load(cluster.endpoints());
                cluster.down();
                for (Engine engine : older) {
                    ChildProcess up = cluster.launchWith(engine, "up");

                    assertThat(up.awaitEnd(LONG)).isEqualTo(2);
                    assertThat(up.logTail())
                            .contains("EngineTooOld: Redis " + engine.version(), "server-1-1", "set REDIS_SERVER");
                    assertThat(cluster.pid("server-1-1")).isEmpty();
                }
                cluster.up();
                cluster.awaitReady(LONG);
                data.requireIntact(cluster.endpoints());
            });
        }
    }
}
