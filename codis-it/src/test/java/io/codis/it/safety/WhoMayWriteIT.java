package io.codis.it.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.Engine;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Relay;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules 9 to 20, and what "acknowledged" means. */
class WhoMayWriteIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static RedisServer start(Engine engine) {
        return RedisServer.start(engine, Map.of());
    }

    private static void follow(RedisServer replica, int port) {
        replica.call("REPLICAOF", "127.0.0.1", Integer.toString(port)).text();
        Awaitility.await("in sync")
                .atMost(SOON)
                .until(() -> replica.info("master_link_status").equals("up"));
    }

    private static void fence(RedisServer server) {
        server.call("REPLICAOF", "255.255.255.255", "1").text();
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void wordsWaitCountsReplicasAndDoesNotNameThem(Engine engine) throws IOException {
        try (RedisServer master = start(engine);
                RedisServer candidate = start(engine);
                RedisServer other = start(engine);
                Relay wire = Relay.to(master.port());
                RespConnection client = master.connect()) {
            follow(candidate, wire.port());
            other.replicate(master);
            wire.hold();
            client.call("SET", "k", "v").text();

            assertThat(client.call("WAIT", "1", "10000").number()).isOne();
            master.kill();
            wire.cut();
            candidate.call("REPLICAOF", "NO", "ONE").text();
            assertThat(candidate.call("EXISTS", "k").number()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule9AReplicaOfNowhereAnswersFromNothingUnlessToldNotTo(Engine engine) {
        try (RedisServer server = start(engine)) {
            fence(server);
            assertThat(server.call("GET", "k")).isInstanceOf(Reply.Nil.class);

            server.call("CONFIG", "SET", "replica-serve-stale-data", "no").text();
            assertThat(server.call("GET", "k"))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.text()).startsWith("MASTERDOWN"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule10AMasterThatRestartsFromAnOldSnapshotWipesTheReplicaUnlessItStartsFenced(Engine engine)
            throws IOException {
        for (boolean rule : List.of(false, true)) {
            try (RedisServer master = start(engine);
                    RedisServer replica = start(engine)) {
                replica.replicate(master);
                master.call("SAVE").text();
                try (RespConnection client = master.connect()) {
                    client.call("SET", "k", "v").text();
                    assertThat(client.call("WAIT", "1", "10000").number()).isOne();
                }
                master.kill();
                if (rule) {
                    // promoted before anything can be replicated from the restarted one
                    replica.call("REPLICAOF", "NO", "ONE").text();
                    master.restart();
                    fence(master);
                    assertThat(replica.call("GET", "k").text()).isEqualTo("v");
                } else {
                    master.restart();
                    Awaitility.await("the replica to be wiped")
                            .atMost(SOON)
                            .until(() -> replica.call("EXISTS", "k").number() == 0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule10AfterARestartReplicationIdAndOffsetSayNothingAboutTheData(Engine engine) {
        try (RedisServer master = RedisServer.start(engine, Map.of("appendonly", "yes"))) {
            master.call("SET", "k", "v").text();
            String before = master.info("master_replid");
            master.kill();
            master.restart();
            assertThat(master.call("GET", "k").text()).isEqualTo("v");
            assertThat(master.info("master_replid")).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule11AServerExecutesWhatItHadNotYetReadWhenTheClientWentAway(Engine engine) throws IOException {
        try (RedisServer server = start(engine)) {
            try (RespConnection client = server.connect()) {
                client.call("PING").text();
                server.freeze();
                client.send("SET", "k", "v");
                client.flush();
            }
            server.thaw();
            Awaitility.await("the write of a client that is gone")
                    .atMost(SOON)
                    .until(() -> server.call("EXISTS", "k").number() == 1);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rules11And14AWriteOnTheWayIsExecutedUnlessItsUserIsDeleted(Engine engine) throws IOException {
        for (boolean rule : List.of(false, true)) {
            try (RedisServer server = start(engine);
                    Relay wire = Relay.to(server.port());
                    RespConnection deposed = RespConnection.open("127.0.0.1:" + wire.port(), SOON)) {
                server.call("SET", "k", "v").text();
                server.call("ACL", "SETUSER", "ctl-1", "on", ">secret", "~*", "+@all")
                        .text();
                deposed.call("AUTH", "ctl-1", "secret").text();
                wire.hold();
                deposed.send("UNLINK", "k");
                deposed.flush();
                if (rule) {
                    assertThat(server.call("ACL", "DELUSER", "ctl-1").number()).isOne();
                }
                wire.release();
                if (rule) {
                    Awaitility.await("its connection to be gone").atMost(SOON).until(() -> ended(deposed));
                    assertThat(server.call("EXISTS", "k").number()).isOne();
                } else {
                    assertThat(deposed.read().number()).isOne();
                    assertThat(server.call("EXISTS", "k").number()).isZero();
                }
            }
        }
    }

    private static boolean ended(RespConnection connection) {
        try {
            connection.read();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule12APauseLapsesByItselfAndAFenceDoesNot(Engine engine) throws IOException {
        try (RedisServer server = start(engine);
                RespConnection client = server.connect()) {
            server.call("CLIENT", "PAUSE", "300", "WRITE").text();
            assertThat(client.call("SET", "k", "late").text()).isEqualTo("OK");

            server.call("CLIENT", "PAUSE", "300", "WRITE").text();
            fence(server);
            assertThat(client.call("SET", "k", "later"))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.text()).startsWith("READONLY"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule16OneOfTwoCandidatesIsNotEnough(Engine engine) throws IOException {
        try (RedisServer master = start(engine);
                RedisServer quick = start(engine);
                RedisServer slow = start(engine);
                Relay wire = Relay.to(master.port());
                RespConnection client = master.connect()) {
            quick.replicate(master);
            follow(slow, wire.port());
            wire.hold();
            client.call("SET", "k", "v").text();
            assertThat(client.call("WAIT", "1", "10000").number()).isOne();
            assertThat(client.call("WAIT", "2", "300").number())
                    .as("the rule asks for both")
                    .isOne();

            master.kill();
            wire.cut();
            slow.call("REPLICAOF", "NO", "ONE").text();
            assertThat(slow.call("EXISTS", "k").number()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule17AScriptMayAnswerReadonlyAfterItHasWritten(Engine engine) {
        try (RedisServer server = start(engine)) {
            String script = "redis.call('SET', KEYS[1], 'v'); return redis.error_reply('READONLY not really')";
            assertThat(server.call("EVAL", script, "1", "k"))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.text()).startsWith("READONLY"));
            assertThat(server.call("GET", "k").text()).isEqualTo("v");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void rule20AReplicaTakesOverTheDataOfWhoeverHasItsMastersAddressUnlessTheLoginIsTheGroups(Engine engine)
            throws IOException {
        for (boolean rule : List.of(false, true)) {
            try (RedisServer master = start(engine);
                    RedisServer replica = start(engine);
                    RedisServer stranger = start(engine);
                    Relay address = Relay.to(master.port());
                    RespConnection admin = stranger.connect()) {
                master.call("ACL", "SETUSER", "repl-1", "on", ">secret1", "+psync", "+replconf", "+ping")
                        .text();
                replica.call("CONFIG", "SET", "masteruser", "repl-1").text();
                replica.call("CONFIG", "SET", "masterauth", "secret1").text();
                follow(replica, address.port());
                master.call("SET", "k", "mine").text();
                Awaitility.await("replication")
                        .atMost(SOON)
                        .until(() -> replica.call("GET", "k").text().equals("mine"));
                String user = rule ? "repl-2" : "repl-1";
                admin.call("ACL", "SETUSER", user, "on", ">secret1", "+psync", "+replconf", "+ping")
                        .text();
                admin.call("ACL", "SETUSER", "admin", "on", ">secret", "~*", "+@all")
                        .text();
                admin.call("AUTH", "admin", "secret").text();
                admin.call("ACL", "SETUSER", "default", "off").text();

                address.retarget(stranger.port());
                master.kill();
                address.cut();
                if (rule) {
                    Awaitility.await("a refused login")
                            .atMost(SOON)
                            .until(() -> admin.call("ACL", "LOG").toString().contains("repl-1"));
                    assertThat(replica.call("GET", "k").text()).isEqualTo("mine");
                } else {
                    Awaitility.await("the replica to lose its own data")
                            .atMost(SOON)
                            .until(() -> replica.call("EXISTS", "k").number() == 0);
                }
            }
        }
    }
}
