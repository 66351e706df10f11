package io.codis.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.redis.EngineError;
import io.codis.infra.redis.Replies;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExporterUserTest {

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void theExporterReadsFiguresAndNeitherKeysNorPasswordsNorChangesAnything(Engine engine) throws IOException {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);

            try (var exporter = server.as("exporter")) {
                assertThat(Replies.text(exporter.call("INFO"))).contains("used_memory:");
                for (var command : List.of(
                        List.of("GET", "key"),
                        List.of("SET", "key", "1"),
                        List.of("CONFIG", "GET", "masterauth"),
                        List.of("ACL", "LIST"),
                        List.of("REPLICAOF", "NO", "ONE"))) {
                    assertThat(exporter.tryCall(command.toArray()))
                            .as("%s", command)
                            .isInstanceOfSatisfying(
                                    EngineError.class,
                                    error -> assertThat(error.code()).isEqualTo("NOPERM"));
                }
            }
        }
    }
}
