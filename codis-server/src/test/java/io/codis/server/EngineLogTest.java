package io.codis.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.log.Logging;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EngineLogTest {

    private static final String FIRST_WORDS = "Server initialized";
    private static final String LAST_WORDS = "ready to exit, bye bye";

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void theCopyOfTheLogHasTheLinesOfTheEngineAndSoHasStandardOutput(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            Path logs = servers.directory().resolve("logs");
            LauncherServer server = servers.add(engine)
                    .with(Logging.COPY, logs.resolve("shop_a.log").toString())
                    .start();
            server.process().stop();

            assertThat(only(logs))
                    .as("the copy")
                    .contains("Launcher server " + server.address())
                    .containsOnlyOnce(FIRST_WORDS)
                    .containsOnlyOnce(LAST_WORDS);
            assertThat(server.process().logTail())
                    .as("standard output and standard error")
                    .containsOnlyOnce(FIRST_WORDS)
                    .containsOnlyOnce(LAST_WORDS);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void withoutACopyTheEngineWritesToStandardOutputItself(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            server.process().stop();

            assertThat(server.process().logTail()).containsOnlyOnce(FIRST_WORDS).containsOnlyOnce(LAST_WORDS);
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aSettingThatTheEngineDoesNotTakeIsTheLastThingThatIsSaid(Engine engine) {
        try (var servers = new LauncherFixture()) {
            ChildProcess launcher =
                    servers.add(engine, "--config", "appendfsync=some").launch();

            assertThat(launcher.awaitEnd(Duration.ofSeconds(30))).isEqualTo(1);
            assertThat(launcher.logTail().strip().lines().toList())
                    .last()
                    .asString()
                    .startsWith(
                            "codis-server: SettingsRefused: " + engine.binary().getFileName()
                                    + " does not take 'appendfsync some': argument(s) must be one of the following:");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineThatCannotReadItsDataIsTriedAgainAndItsWordsAreTold(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.add(engine, "--config", "appendonly=no");
            Files.createDirectories(server.directory());
            Path snapshot = Files.writeString(server.directory().resolve("dump.rdb"), "no snapshot");
            server.launch();

            server.await("it says why", s -> s.damaged() && s.trouble().startsWith("Fatal error loading the DB"));
            assertThat(snapshot).exists();
            Files.delete(snapshot);
            server.awaitUp();
            assertThat(server.state().trouble()).isEmpty();
            assertThat(server.state().damaged()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineThatEndsForAnotherReasonIsHeardToo(Engine engine) {
        try (var servers = new LauncherFixture()) {
            ChildProcess launcher = servers.add(engine, "--config", "unixsocket=/no/such/directory/socket")
                    .launch();

            assertThat(launcher.awaitEnd(Duration.ofSeconds(30))).isEqualTo(1);
            assertThat(launcher.logTail().strip().lines().toList())
                    .last()
                    .asString()
                    .startsWith("codis-server: NoEngine: ")
                    .contains(" ended 3 times before it answered, last with code 1: ")
                    .containsIgnoringCase("unix socket");
        }
    }

    private static String only(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return Files.readString(files.reduce((first, second) -> {
                        throw new AssertionError("two files: " + first + " and " + second);
                    })
                    .orElseThrow());
        }
    }
}
