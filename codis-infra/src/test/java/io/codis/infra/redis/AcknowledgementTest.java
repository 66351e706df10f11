package io.codis.infra.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.replication.ReplicationInfo;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rule of "acknowledged by the candidates": names, not counts. */
@Timeout(180)
class AcknowledgementTest {

    private TestEngine master;
    private TestEngine near;
    private TestEngine far;

    @BeforeEach
    void start() throws Exception {
        master = TestEngine.start();
        near = replica();
        far = replica();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            try (var connection = master.connect()) {
                var view = ReplicationInfo.parse(Replies.text(connection.call("INFO", "replication")));
                return view instanceof ReplicationInfo.Master seen && seen.acknowledgedBy(candidates(), 0);
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        far.signal("CONT");
        far.close();
        near.close();
        master.close();
    }

    @Test
    void aWriteIsAcknowledgedWhenEveryNamedReplicaHasIt() {
        try (var connection = master.connect();
                var reader = near.connect()) {
            for (int i = 0; i < 50; i++) {
                connection.call("SET", "key", i);
                long offset = Acknowledgement.await(connection, candidates(), Duration.ofSeconds(30));
                assertThat(offset).isPositive();
                assertThat(Replies.text(reader.call("GET", "key"))).isEqualTo(Integer.toString(i));
            }
        }
    }

    @Test
    void noCandidatesMeansNothingToWaitFor() {
        try (var connection = master.connect()) {
            connection.call("SET", "key", "value");
            assertThat(Acknowledgement.await(connection, List.of(), Duration.ofSeconds(1)))
                    .isEqualTo(-1);
        }
    }

    /** (R) WAIT 1 is content with the other replica; a failover to the named one would then lose the write. */
    @Test
    void oneReplicaThatHasTheWriteDoesNotStandForTheNamedOne() throws Exception {
        far.signal("STOP");
        try (var connection = master.connect()) {
            connection.call("SET", "key", "value");
            assertThat(Replies.number(connection.call("WAIT", 1, 10_000))).isEqualTo(1);

            var thrown = catchThrowableOfType(
                    CodisException.class,
                    () -> Acknowledgement.await(connection, List.of(far.address), Duration.ofMillis(500)));

            assertThat(thrown.reason()).isEqualTo(Reason.TIMED_OUT);
            assertThat(thrown).hasMessageContaining(far.address).hasMessageNotContaining(near.address);
            Acknowledgement.await(connection, List.of(near.address), Duration.ofSeconds(30));

            far.signal("CONT");
            Acknowledgement.await(connection, candidates(), Duration.ofSeconds(30));
        }
    }

    @Test
    void aCandidateThatIsNotAttachedIsNamed() {
        try (var connection = master.connect()) {
            var thrown = catchThrowableOfType(
                    CodisException.class,
                    () -> Acknowledgement.await(
                            connection, List.of(near.address, "127.0.0.1:1"), Duration.ofMillis(300)));
            assertThat(thrown.reason()).isEqualTo(Reason.TIMED_OUT);
            assertThat(thrown).hasMessageContaining("127.0.0.1:1 (not attached in sync)");
            assertThat(Replies.text(connection.call("PING"))).isEqualTo("PONG");
        }
    }

    @Test
    void aReplicaProvesNothing() {
        try (var connection = near.connect()) {
            var thrown = catchThrowableOfType(
                    CodisException.class,
                    () -> Acknowledgement.await(connection, List.of(far.address), Duration.ofSeconds(5)));
            assertThat(thrown.reason()).isEqualTo(Reason.NOT_READY);
        }
    }

    private TestEngine replica() throws Exception {
        return TestEngine.start("--replicaof", "127.0.0.1", Integer.toString(master.port()));
    }

    private List<String> candidates() {
        return List.of(near.address, far.address);
    }
}
