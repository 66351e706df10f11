package io.codis.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.spec.LiveSettings;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.TakenSettings;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decision 33. */
class LiveSettingsTest {

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void everyNameOfTheCatalogueIsTakenByARunningEngine(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);

            try (RedisConnection launcher = server.as("launcher")) {
                for (String name : LiveSettings.names()) {
                    assertThat(Replies.text(launcher.call("CONFIG", "SET", name, get(launcher, name))))
                            .as(name)
                            .isEqualTo("OK");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aChangedLineIsSetAndOneThatIsTakenBackGivesTheEngineItsOwnValueAgain(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            Path file = write(servers, "maxclients 500\nappendfsync always\n");
            LauncherServer server = servers.start(engine, file.toString());
            server.await("the first is set", s -> value(server, "maxclients").equals("500"));
            String run = server.state().runId();
            assertThat(values(server, "maxclients", "appendfsync")).containsExactly("500", "always");

            write(servers, """
                    maxclients 600
                    slowlog-max-len 7
                    client-output-buffer-limit pubsub 1mb 1mb 7
                    notify-keyspace-events ""
                    """);
            awaitTaken(
                    server,
                    "maxclients 600\nslowlog-max-len 7\nclient-output-buffer-limit pubsub 1mb 1mb 7\n"
                            + "notify-keyspace-events \"\"");
            assertThat(values(server, "maxclients", "slowlog-max-len")).containsExactly("600", "7");
            assertThat(value(server, "client-output-buffer-limit"))
                    .isEqualTo("normal 0 0 0 slave 268435456 67108864 60 pubsub 1048576 1048576 7");

            write(servers, "client-output-buffer-limit normal 9mb 9mb 9\n");
            awaitTaken(server, "client-output-buffer-limit normal 9mb 9mb 9");
            assertThat(values(server, "slowlog-max-len", "appendfsync")).containsExactly("128", "always");
            assertThat(Integer.parseInt(value(server, "maxclients"))).isGreaterThan(600);
            assertThat(value(server, "client-output-buffer-limit"))
                    .isEqualTo("normal 9437184 9437184 9 slave 268435456 67108864 60 pubsub 33554432 8388608 60");
            assertThat(server.state().runId()).isEqualTo(run);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void whatTheEngineDoesNotTakeIsToldAndTheFormerValueStays(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            Path file = write(servers, "maxmemory-policy allkeys-lru\nmaxmemory 64mb\nhz 20\n");
            LauncherServer server = servers.start(engine, file.toString());
            server.await(
                    "the first are set", s -> value(server, "maxmemory-policy").equals("allkeys-lru"));

            write(servers, "maxmemory-policy some\nmaxmemory 8mb\nhz 30\n");
            awaitTaken(server, "maxmemory-policy some\nmaxmemory 8mb\nhz 30");
            assertThat(refused(server))
                    .singleElement()
                    .asString()
                    .startsWith(engine.binary().getFileName()
                            + " does not take 'maxmemory-policy some': argument(s) must be one of the following");
            assertThat(values(server, "maxmemory-policy", "maxmemory", "hz"))
                    .as("less memory with the old policy would evict what is to stay")
                    .containsExactly("allkeys-lru", "67108864", "30");

            write(servers, "maxmemory-policy noeviction\nmaxmemory 8mb\nhz 30\n");
            awaitTaken(server, "maxmemory-policy noeviction\nmaxmemory 8mb\nhz 30");
            assertThat(refused(server)).isEmpty();
            assertThat(values(server, "maxmemory-policy", "maxmemory")).containsExactly("noeviction", "8388608");

            write(servers, "maxmemory-policy noeviction\nmaxmemory 8mb\nhz \"30\n");
            server.await("it is told", s -> !taken(s).refused().isEmpty());
            assertThat(refused(server)).singleElement().asString().endsWith("server.conf:3: unbalanced quotes");
            assertThat(value(server, "hz")).isEqualTo("30");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineThatStartsHasThemBeforeItHasARole(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            Path file = write(servers, "maxclients 500\nmaxmemory-policy some\n");
            LauncherServer server = servers.start(engine, file.toString());
            server.control(1);
            for (int epoch = 2; epoch < 5; epoch++) {
                String run = server.state().runId();
                ChildProcess.signal(server.enginePid(), "KILL");
                ServerState again = server.await(
                        "another run",
                        s -> s.engine() == ServerState.Engine.UP && !s.runId().equals(run));

                server.master(again, 1, epoch, server);

                assertThat(values(server, "maxclients", "maxmemory-policy")).containsExactly("500", "noeviction");
                assertThat(refused(server)).singleElement().asString().contains("'maxmemory-policy some'");
            }
        }
    }

    private static Path write(LauncherFixture servers, String text) throws IOException {
        Path file = servers.directory().resolve("server.conf");
        Path written = Files.writeString(servers.directory().resolve("new"), text);
        return Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitTaken(LauncherServer server, String lines) {
        server.await("it has taken " + lines, s -> taken(s).digest().equals(LiveSettings.digest(lines)));
    }

    private static List<String> refused(LauncherServer server) {
        return taken(server.state()).refused();
    }

    private static TakenSettings taken(ServerState state) {
        return Optional.ofNullable(state.settings()).orElseThrow();
    }

    private static List<String> values(LauncherServer server, String... names) {
        return List.of(names).stream().map(name -> value(server, name)).toList();
    }

    private static String value(LauncherServer server, String name) {
        try (RedisConnection launcher = server.as("launcher")) {
            return get(launcher, name);
        }
    }

    private static String get(RedisConnection engine, String name) {
        return Replies.text(Replies.list(engine.call("CONFIG", "GET", name)).getLast());
    }
}
