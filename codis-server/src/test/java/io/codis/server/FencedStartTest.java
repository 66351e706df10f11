package io.codis.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.wire.ServerState;
import io.codis.core.wire.ServerState.Role;
import io.codis.infra.redis.EngineError;
import io.codis.infra.redis.Replies;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Safety rule 9. */
class FencedStartTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aStartedEngineAnswersNothingToAnybody(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            server.control(1);

            assertThat(server.state().role()).isEqualTo(Role.FENCED);
            try (var anybody = RespConnection.open(server.address(), Duration.ofSeconds(5))) {
                assertThat(anybody.call("GET", "key"))
                        .isInstanceOfSatisfying(
                                Reply.Failure.class,
                                failure -> assertThat(failure.text()).startsWith("NOAUTH"));
            }
            try (var control = server.as("ctl-1")) {
                for (var command : List.of(List.of("GET", "key"), List.of("SET", "key", "1"), List.of("DBSIZE"))) {
                    assertThat(control.tryCall(command.toArray()))
                            .isInstanceOfSatisfying(
                                    EngineError.class,
                                    error -> assertThat(error.code()).isIn("MASTERDOWN", "READONLY"));
                }
            }
        }
    }

    /** Not by an order: a master for a moment, with an old snapshot, would make its replicas throw away what they have. */
    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineIsFencedFromItsFirstMomentOn(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            server.control(1);

            try (var control = server.as("ctl-1")) {
                assertThat(Replies.text(control.call("INFO", "replication"))).contains("master_host:255.255.255.255");
                assertThat(Replies.text(control.call("INFO", "commandstats")))
                        .contains("cmdstat_info")
                        .doesNotContain("cmdstat_replicaof");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void theEngineDiesWithItsLauncher(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            ProcessHandle running = ProcessHandle.of(server.enginePid()).orElseThrow();

            server.kill();

            Awaitility.await("the engine ends").atMost(DEADLINE).until(() -> !running.isAlive());
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aStoppedEngineDiesWithItsLauncherToo(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            ProcessHandle running = ProcessHandle.of(server.enginePid()).orElseThrow();
            ChildProcess.signal(running.pid(), "STOP");

            server.kill();

            Awaitility.await("the engine ends").atMost(DEADLINE).until(() -> !running.isAlive());
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEnginesRestartEndsItsMastershipForThatEpoch(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            ServerState before = server.master(1, 2, server);
            assertThat(before.role()).isEqualTo(Role.MASTER);

            ChildProcess.signal(server.enginePid(), "KILL");
            ServerState after = server.await(
                    "a new engine",
                    s -> s.engine() == ServerState.Engine.UP && !s.runId().equals(before.runId()));

            assertThat(after.role()).isEqualTo(Role.FENCED);
            assertThat(after.inSyncRunId()).isNotEqualTo(after.runId());
            Refusals.assertStale(() -> server.master(1, 2, server));
            assertThat(server.master(1, 3, server).role()).isEqualTo(Role.MASTER);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void nothingSecretIsInArgumentsEnvironmentOrOnTheVolume(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            server.control(1);
            server.master(1, 2, server);
            String pid = Long.toString(server.enginePid());
            String shown = Files.readString(Path.of("/proc", pid, "cmdline"))
                    + Files.readString(Path.of("/proc", pid, "environ"))
                    + Files.readString(server.directory().resolve("identity.json"));

            for (String label : List.of("api", "ctl-1", "repl-1", "launcher-" + server.address())) {
                assertThat(shown).doesNotContain(server.secret().derive(label));
            }
            assertThat(shown).doesNotContain("CODIS_");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aCleanStopKeepsDataAndLastOffset(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            server.control(1);
            server.master(1, 2, server);
            try (var control = server.as("ctl-1")) {
                for (int i = 0; i < 1000; i++) {
                    control.call("SET", "key" + i, i);
                }
            }
            ServerState before = server.state();

            assertThat(server.process().stop()).isZero();
            server.start();

            ServerState after = server.state();
            assertThat(after.role()).isEqualTo(Role.FENCED);
            assertThat(after.offset()).isGreaterThanOrEqualTo(before.offset());
            assertThat(after.replid()).isEqualTo(before.replid());
            assertThat(after.dataEpoch()).isEqualTo(2);
            assertThat(after.hasData()).isTrue();
            assertThat(after.keys()).isEqualTo(1000);
            server.control(2);
            server.master(2, 3, server);
            try (var control = server.as("ctl-2")) {
                assertThat(Replies.text(control.call("GET", "key999"))).isEqualTo("999");
            }
        }
    }
}
