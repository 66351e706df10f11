package io.codis.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.infra.redis.RedisConnection;
import io.codis.testkit.Engine;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Relay;
import io.codis.testkit.history.Violation.Window;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bound on what a killed master may lose, on engines of which it is known what was replicated. */
class SuccessionIT {

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void onlyWhatTheNewMasterHadNotReceivedMayBeLost(Engine engine) {
        try (RedisServer master = RedisServer.start(engine, Map.of("repl-diskless-sync-delay", "0"));
                RedisServer replica = RedisServer.start(engine, Map.of());
                Relay link = Relay.to(master.port());
                Succession succession =
                        new Succession(address -> RedisConnection.connect(address, Duration.ofSeconds(1), null))) {
            succession.follow(List.of(master.address(), replica.address()));
            replica.call("REPLICAOF", "127.0.0.1", Integer.toString(link.port()));
            await("in sync").until(() -> replica.info("master_link_status").equals("up"));

            long received = write(master, "received");
            await("replicated")
                    .until(() -> replica.info("slave_repl_offset").equals(master.info("master_repl_offset")));
            await("sampled").until(() -> succession.lastSample(master.info("master_replid")) > received + 1);
            link.hold();
            long missed = write(master, "missed");
            master.kill();
            replica.call("REPLICAOF", "NO", "ONE");
            await("another master").until(() -> !succession.since(missed).isEmpty());

            Succession.Heir heir = succession.since(missed).getFirst();
            assertThat(heir.address()).isEqualTo(replica.address());
            assertThat(succession.mayLose(new Window(received, received)))
                    .as("a write that was replicated")
                    .isFalse();
            assertThat(succession.mayLose(new Window(received, missed)))
                    .as("both together")
                    .isFalse();
            assertThat(succession.mayLose(new Window(missed, missed)))
                    .as("a write that was not")
                    .isTrue();
            long later = heir.seenAt() + 1000;
            assertThat(succession.mayLose(new Window(later, later)))
                    .as("a write to the new master")
                    .isFalse();
        }
    }

    /** When it was acknowledged. */
    private static long write(RedisServer server, String key) {
        assertThat(server.call("SET", key, "1").text()).isEqualTo("OK");
        return System.currentTimeMillis();
    }
}
