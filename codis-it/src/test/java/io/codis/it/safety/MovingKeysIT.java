package io.codis.it.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.redis.Acknowledgement;
import io.codis.infra.redis.RedisConnection;
import io.codis.testkit.Engine;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Relay;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules 1 to 8. */
class MovingKeysIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static Reply migrate(RedisServer source, int port, int timeout, String... options) {
        List<String> words = new ArrayList<>(
                List.of("MIGRATE", "127.0.0.1", Integer.toString(port), "", "0", Integer.toString(timeout)));
        words.addAll(List.of(options));
        words.addAll(List.of("KEYS", "k"));
        return source.call(words.toArray(String[]::new));
    }

    private static void awaitValue(RedisServer server, String value) {
        Awaitility.await("k = " + value)
                .atMost(SOON)
                .until(() -> server.call("GET", "k").text().equals(value));
    }

    private static RedisServer start(Engine engine) {
        return RedisServer.start(engine, Map.of());
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule1ReplaceOverwritesANewerValueAndItsAbsenceDoesNot(Engine engine) {
        try (RedisServer source = start(engine);
                RedisServer target = start(engine)) {
            source.call("SET", "k", "old").text();
            target.call("SET", "k", "new").text();

            assertThat(migrate(source, target.port(), 5000, "COPY"))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.text()).contains("BUSYKEY"));
            assertThat(target.call("GET", "k").text()).isEqualTo("new");

            migrate(source, target.port(), 5000, "COPY", "REPLACE").text();
            assertThat(target.call("GET", "k").text()).isEqualTo("old");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule2ARemovalThatTheCandidateDoesNotKnowIsUndoneByAFailover(Engine engine) throws IOException {
        try (RedisServer source = start(engine);
                RedisServer candidate = start(engine);
                RedisServer target = start(engine);
                Relay wire = Relay.to(source.port());
                RespConnection mover = source.connect()) {
            source.call("SET", "k", "old").text();
            follow(candidate, wire);
            awaitValue(candidate, "old");
            wire.hold();
            move(mover, target);

            assertThat(mover.call("WAIT", "1", "300").number())
                    .as("the rule's question is answered with no")
                    .isZero();

            source.kill();
            wire.cut();
            candidate.call("REPLICAOF", "NO", "ONE").text();
            assertThat(candidate.call("GET", "k").text())
                    .as("without the rule: there again, and the next touch moves it")
                    .isEqualTo("old");
        }
    }

    /** Twenty questions that only the replica's own report, once a second, would answer take twice the limit. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule2AskingOnAConnectionThatWroteNothingMakesReplicasReport(Engine engine) {
        try (RedisServer source = start(engine);
                RedisServer candidate = start(engine);
                RedisConnection asks =
                        RedisConnection.connect("127.0.0.1:" + source.port(), Duration.ofSeconds(5), null)) {
            candidate.replicate(source);
            long start = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                source.call("SET", "k", Integer.toString(i)).text();
                Acknowledgement.await(asks, List.of("127.0.0.1:" + candidate.port()), SOON);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    private static void move(RespConnection mover, RedisServer target) throws IOException {
        String port = Integer.toString(target.port());
        assertThat(mover.call("MIGRATE", "127.0.0.1", port, "k", "0", "5000").text())
                .isEqualTo("OK");
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule2ARemovalThatTheCandidateHasStaysDone(Engine engine) throws IOException {
        try (RedisServer source = start(engine);
                RedisServer candidate = start(engine);
                RedisServer target = start(engine);
                RespConnection mover = source.connect()) {
            source.call("SET", "k", "old").text();
            candidate.replicate(source);
            move(mover, target);
            // this connection's own write: what WAIT covers on every engine
            assertThat(mover.call("WAIT", "1", "10000").number()).isOne();

            source.kill();
            candidate.call("REPLICAOF", "NO", "ONE").text();
            assertThat(candidate.call("EXISTS", "k").number()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule3AKeyIsLostWhenItsRemovalIsOnDiskBeforeItsCopy(Engine engine) {
        try (RedisServer source = start(engine);
                RedisServer target = start(engine)) {
            source.call("SET", "k", "old").text();
            target.call("SAVE").text();
            migrate(source, target.port(), 5000, "COPY").text();
            source.call("UNLINK", "k").text();
            source.call("SAVE").text();
            powerOff(source, target);

            assertThat(source.call("EXISTS", "k").number()
                            + target.call("EXISTS", "k").number())
                    .as("without the rule: nowhere")
                    .isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule3AKeyIsKeptWhenItsCopyIsOnDiskBeforeItsRemoval(Engine engine) {
        try (RedisServer source = start(engine);
                RedisServer target = start(engine)) {
            source.call("SET", "k", "old").text();
            migrate(source, target.port(), 5000, "COPY").text();
            target.call("SAVE").text();
            source.call("UNLINK", "k").text();
            source.call("SAVE").text();
            powerOff(source, target);

            assertThat(target.call("GET", "k").text()).isEqualTo("old");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule4AFailedLoginRestoresAllTheSameWhileTheDefaultUserIsOpen(Engine engine) throws IOException {
        try (RedisServer source = start(engine);
                RedisServer open = start(engine);
                RedisServer shut = start(engine)) {
            source.call("SET", "k", "v").text();
            try (var admin = shut.connect()) {
                admin.call("ACL", "SETUSER", "admin", "on", ">secret", "~*", "+@all");
                admin.call("AUTH", "admin", "secret").text();
                admin.call("ACL", "SETUSER", "default", "off").text();

                for (RedisServer target : List.of(open, shut)) {
                    assertThat(migrate(source, target.port(), 5000, "COPY", "AUTH2", "mig-1-1", "wrong"))
                            .isInstanceOf(Reply.Failure.class);
                }

                assertThat(open.call("GET", "k").text()).isEqualTo("v");
                assertThat(admin.call("EXISTS", "k").number()).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule4ARestoreThatComesLateIsExecutedUnlessItsUserIsGone(Engine engine) throws IOException {
        for (boolean rule : List.of(false, true)) {
            try (RedisServer source = start(engine);
                    RedisServer target = start(engine);
                    Relay wire = Relay.to(target.port())) {
                target.call("ACL", "SETUSER", "mig-1-1", "on", ">secret", "~*", "+restore", "+select", "+ping")
                        .text();
                target.call("ACL", "SETUSER", "admin", "on", ">secret", "~*", "+@all")
                        .text();
                source.call("SET", "k", "old").text();
                try (var admin = target.connect()) {
                    admin.call("AUTH", "admin", "secret").text();
                    admin.call("ACL", "SETUSER", "default", "off").text();
                    wire.hold();
                    assertThat(migrate(source, wire.port(), 300, "COPY", "AUTH2", "mig-1-1", "secret"))
                            .as("the source gives up")
                            .isInstanceOf(Reply.Failure.class);
                    if (rule) {
                        admin.call("ACL", "DELUSER", "mig-1-1").text();
                    }
                    long before = commands(admin);
                    wire.release();
                    Awaitility.await("the late words to arrive").atMost(SOON).until(() -> commands(admin) > before);
                    if (rule) {
                        assertThat(admin.call("EXISTS", "k").number()).isZero();
                    } else {
                        Awaitility.await("the late copy")
                                .atMost(SOON)
                                .until(() -> admin.call("EXISTS", "k").number() == 1);
                    }
                }
            }
        }
    }

    /** AUTH2 is counted also when it is refused. */
    private static long commands(RespConnection admin) throws IOException {
        return admin.call("INFO", "commandstats")
                .text()
                .lines()
                .filter(line -> line.startsWith("cmdstat_auth:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("cmdstat_auth:calls=(\\d+),.*", "$1")))
                .sum();
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule8ACopyInFlightOutlivesAFlush(Engine engine) {
        try (RedisServer source = start(engine);
                RedisServer target = start(engine);
                Relay wire = Relay.to(target.port())) {
            source.call("SET", "k", "old").text();
            wire.hold();
            assertThat(migrate(source, wire.port(), 300, "COPY")).isInstanceOf(Reply.Failure.class);
            source.call("FLUSHALL").text();
            target.call("FLUSHALL").text();
            wire.release();

            awaitValue(target, "old");
        }
    }

    private static void follow(RedisServer replica, Relay wire) {
        replica.call("REPLICAOF", "127.0.0.1", Integer.toString(wire.port())).text();
        Awaitility.await("in sync")
                .atMost(SOON)
                .until(() -> replica.info("master_link_status").equals("up"));
    }

    private static void powerOff(RedisServer... servers) {
        for (RedisServer server : servers) {
            server.kill();
        }
        for (RedisServer server : servers) {
            server.restart();
        }
    }
}
