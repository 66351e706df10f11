package io.codis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FixturesTest {

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineKeepsItsDataOverAKillWhenToldTo(Engine engine) {
        try (RedisServer server = RedisServer.start(engine, Map.of("appendonly", "yes", "appendfsync", "always"))) {
            server.call("SET", "k", "v").text();

            server.kill();
            assertThat(server.isAlive()).isFalse();
            server.restart();

            assertThat(server.call("GET", "k").text()).isEqualTo("v");
        }
    }

    @Test
    void theBundledEngineRuns() {
        try (RedisServer server = RedisServer.start(Engines.redis62(), Map.of())) {
            assertThat(server.info("redis_version")).startsWith("6.2");
        }
    }

    @Test
    void aReplicaIsInSyncWhenReplicateReturns() {
        try (RedisServer master = RedisServer.start();
                RedisServer replica = RedisServer.start()) {
            master.call("SET", "k", "v").text();
            replica.replicate(master);

            assertThat(replica.call("GET", "k").text()).isEqualTo("v");
        }
    }

    @Test
    void aFrozenEngineAnswersOnlyAfterItIsThawed() throws IOException {
        try (RedisServer server = RedisServer.start();
                var connection = server.connect()) {
            server.freeze();
            connection.timeout(Duration.ofMillis(200));
            assertThatThrownBy(() -> connection.call("PING")).isInstanceOf(SocketTimeoutException.class);
            server.thaw();
            assertThat(server.call("PING").text()).isEqualTo("PONG");
        }
    }

    @Test
    void closeRemovesProcessAndFiles() {
        RedisServer server = RedisServer.start();
        server.close();
        assertThat(server.isAlive()).isFalse();
        assertThat(server.directory()).doesNotExist();
    }

    @Test
    void noPortIsGivenTwice() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            assertThat(ports.add(Ports.free())).isTrue();
        }
    }

    /** The middle JVM starts an engine and is killed: nothing may be left of it. */
    @Test
    void whatAKilledTestJvmStartedIsGone(@TempDir Path directory) throws IOException {
        Path pid = directory.resolve("pid");
        try (ChildProcess jvm =
                ChildProcess.java("middle", directory.resolve("log"), Middle.class, List.of(pid.toString()))) {
            Awaitility.await("engine of the middle JVM")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(pid) && Files.readString(pid).endsWith("."));
            long engine = Long.parseLong(Files.readString(pid).replace(".", ""));
            assertThat(ProcessHandle.of(engine)).isPresent();

            jvm.kill();

            Awaitility.await("end of the engine")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> ProcessHandle.of(engine).map(h -> !h.isAlive()).orElse(true));
        }
    }

    /** Run by the test above. */
    static final class Middle {
        public static void main(String[] arguments) throws Exception {
            Thread.ofPlatform().start(() -> {
                RedisServer server = RedisServer.start();
                try {
                    Files.writeString(Path.of(arguments[0]), server.info("process_id") + ".");
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Thread.sleep(Duration.ofMinutes(5));
        }
    }
}
