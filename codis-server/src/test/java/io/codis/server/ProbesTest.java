package io.codis.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.wire.ServerState;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.LauncherServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Kubernetes asks of a launcher, without a token. */
class ProbesTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aServerIsReadyWhileItHasItsRole(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(engine);
            LauncherServer replica = servers.start(engine);
            assertThat(readiness(master)).isEqualTo("503 fenced: waits for its role");

            master.control(1);
            master.master(1, 2, master, replica);
            replica.control(1);
            replica.replica(1, 2, master, master, replica);
            replica.await("in sync", ServerState::linkUp);
            assertThat(readiness(master)).isEqualTo("200 ready");
            assertThat(readiness(replica)).isEqualTo("200 ready");

            master.fence(1);
            assertThat(readiness(master)).isEqualTo("503 fenced: waits for its role");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void aReplicaWithoutItsMasterIsNotReady(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer master = servers.start(engine);
            LauncherServer replica = servers.start(engine);
            master.control(1);
            master.master(1, 2, master, replica);
            replica.control(1);
            replica.replica(1, 2, master, master, replica);
            replica.await("in sync", ServerState::linkUp);

            master.kill();

            Awaitility.await("the replica is not ready")
                    .atMost(DEADLINE)
                    .until(() -> readiness(replica).equals("503 not in sync with its master " + master.address()));
            assertThat(get(replica, "/healthz")).isEqualTo("200 ok");
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void anEngineThatHangsDoesNotEndItsLauncher(Engine engine) {
        try (var servers = new LauncherFixture()) {
            LauncherServer server = servers.start(engine);
            server.control(1);
            server.master(1, 2, server);

            ChildProcess.signal(server.enginePid(), "STOP");

            Awaitility.await("the server is not ready")
                    .atMost(DEADLINE)
                    .until(() -> readiness(server).equals("503 the engine is SILENT"));
            assertThat(get(server, "/healthz")).isEqualTo("200 ok");
        }
    }

    private String readiness(LauncherServer server) {
        return get(server, "/readyz");
    }

    private String get(LauncherServer server, String path) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://" + server.apiAddress() + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body().strip();
        } catch (IOException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
