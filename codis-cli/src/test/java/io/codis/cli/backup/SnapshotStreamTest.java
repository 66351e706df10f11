package io.codis.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import io.codis.testkit.Engine;
import io.codis.testkit.Engines;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Relay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(180)
class SnapshotStreamTest {

    private static final Credentials LOGIN = new Credentials("backup", "secret");
    private static final int KEYS = 20_000;

    @TempDir
    private Path directory;

    static Stream<Arguments> engines() {
        return Engines.all().flatMap(engine -> Stream.of("yes", "no").map(way -> Arguments.of(engine, way)));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void whatComesIsWhatTheEngineHas(Engine engine, String diskless) throws Exception {
        Path file = directory.resolve("group-1.rdb");
        try (RedisServer server = server(engine, diskless);
                SnapshotStream stream = SnapshotStream.open(server.address(), LOGIN)) {
            SnapshotStream.Written written = stream.write(file);

            byte[] bytes = Files.readAllBytes(file);
            assertThat(written.bytes()).isEqualTo(bytes.length);
            assertThat(written.sha256())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
            assertThat(SnapshotCheck.keys(engine.binary(), file)).isEqualTo(KEYS);
        }

        try (RedisServer restored = RedisServer.start(engine, Map.of())) {
            Files.copy(file, restored.directory().resolve("dump.rdb"));
            restored.kill();
            restored.restart();
            assertThat(restored.call("DBSIZE").number()).isEqualTo(KEYS);
            assertThat(restored.call("GET", "key:777").text()).isEqualTo("v".repeat(100) + 777);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aSnapshotThatIsNotWholeDoesNotPass(Engine engine) throws Exception {
        Path file = directory.resolve("group-1.rdb");
        try (RedisServer server = server(engine, "yes");
                SnapshotStream stream = SnapshotStream.open(server.address(), LOGIN)) {
            stream.write(file);
        }
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 0x10;
        for (byte[] bad : List.of(Arrays.copyOf(whole, whole.length - 9), Arrays.copyOf(whole, 100), flipped)) {
            Files.write(file, bad);

            assertThatThrownBy(() -> SnapshotCheck.keys(engine.binary(), file))
                    .isInstanceOf(CodisException.class)
                    .hasMessageContaining("group-1.rdb is not whole by redis-check-rdb");
        }
    }

    @Test
    void aConnectionThatEndsIsNoSnapshot() throws IOException {
        try (RedisServer server = server(Engines.redis7(), "yes");
                Relay relay = Relay.to(server.port());
                SnapshotStream stream = SnapshotStream.open("127.0.0.1:" + relay.port(), LOGIN)) {
            relay.close();

            assertThatThrownBy(() -> stream.write(directory.resolve("x.rdb")))
                    .isInstanceOfSatisfying(
                            CodisException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
        }
    }

    @Test
    void aWrongPasswordAndARefusalAreTold() {
        try (RedisServer server = server(Engines.redis7(), "yes")) {
            assertThatThrownBy(() -> SnapshotStream.open(server.address(), new Credentials("backup", "wrong")))
                    .isInstanceOf(CodisException.class)
                    .hasMessageContaining("AUTH: -WRONGPASS");

            server.call("ACL", "SETUSER", "backup", "-sync");
            try (SnapshotStream stream = SnapshotStream.open(server.address(), LOGIN)) {
                assertThatThrownBy(() -> stream.write(directory.resolve("y.rdb")))
                        .isInstanceOf(CodisException.class)
                        .hasMessageContaining("SYNC: -NOPERM");
            }
        }
    }

    @Test
    void aFullDiskIsNotTheEnginesFault() {
        try (RedisServer server = server(Engines.redis7(), "yes");
                SnapshotStream stream = SnapshotStream.open(server.address(), LOGIN)) {
            Path full = directory.resolve("full.rdb");
            Files.createSymbolicLink(full, Path.of("/dev/full"));

            assertThatThrownBy(() -> stream.write(full))
                    .isInstanceOf(CodisException.class)
                    .hasMessageContaining("cannot write " + full)
                    .hasMessageContaining("No space left on device");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static RedisServer server(Engine engine, String diskless) {
        RedisServer server =
                RedisServer.start(engine, Map.of("repl-diskless-sync", diskless, "repl-diskless-sync-delay", "0"));
        server.call(
                "ACL", "SETUSER", LOGIN.user(), "on", ">" + LOGIN.password(), "+sync", "+replconf", "+ping", "+info");
        try (var connection = server.connect()) {
            for (int i = 0; i < KEYS; i++) {
                connection.send("SET", "key:" + i, "v".repeat(100) + i);
            }
            connection.flush();
            for (int i = 0; i < KEYS; i++) {
                connection.read();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return server;
    }
}
