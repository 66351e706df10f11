package io.codis.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.log.Logging;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static String only(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return Files.readString(files.reduce((first, second) -> {
                        throw new AssertionError("two files: " + first + " and " + second);
                    })
                    .orElseThrow());
        }
    }
}
