package io.codis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.Codis;
import io.codis.cli.output.Output;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.EtcdServer;
import io.codis.testkit.Ports;
import io.codis.testkit.ZooKeeperServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two dashboards and their coordinator, all real processes; each of them is killed once. */
@Timeout(300)
class DashboardOnCoordinatorsTest {

    private final Map<String, ChildProcess> dashboards = new HashMap<>();

    @TempDir
    private Path root;

    @AfterEach
    void stop() {
        dashboards.values().forEach(ChildProcess::close);
    }

    private interface Store {
        void kill();

        void restart();
    }

    @Test
    void aDashboardOnZooKeeperOutlivesItsOwnDeathAndTheCoordinators() throws Exception {
        try (var server = ZooKeeperServer.start(root)) {
            tellTheStory("--zookeeper=" + server.address(), new Store() {
                @Override
                public void kill() {
                    server.kill();
                }

                @Override
                public void restart() {
                    server.restart();
                }
            });
            assertThat(admin("--zookeeper=" + server.address(), "--config-dump", "--product=codis-demo"))
                    .contains("\"id\" : 3");
        }
    }

    @Test
    void aDashboardOnEtcdOutlivesItsOwnDeathAndTheCoordinators() throws Exception {
        try (var server = EtcdServer.start(root)) {
            tellTheStory("--etcd=" + server.address(), new Store() {
                @Override
                public void kill() {
                    server.kill();
                }

                @Override
                public void restart() {
                    server.restart();
                }
            });
            assertThat(admin("--etcd=" + server.address(), "--config-dump", "--product=codis-demo"))
                    .contains("\"id\" : 3");
        }
    }

    private void tellTheStory(String coordinator, Store store) throws Exception {
        ClusterSecret.loadOrCreate(root.resolve("secret"));
        String first = start("first", coordinator);
        await("the first leads", () -> createGroup(first, 1));
        String second = start("second", coordinator);
        assertThat(admin(coordinator, "--dashboard-list")).contains(first);

        dashboards.get("first").kill();
        long killed = System.nanoTime();
        await("the second leads and knows what the first stored", () -> createGroup(second, 2));
        System.out.println(coordinator.replaceAll("=.*", "") + " failover_of_dashboard_ms="
                + (System.nanoTime() - killed) / 1_000_000);
        assertThat(admin("--dashboard=" + second, "group")).contains("\"id\" : 1", "\"id\" : 2");
        assertThat(admin(coordinator, "--dashboard-list")).contains(second);

        store.kill();
        await(
                "a leader without its coordinator gives up",
                () -> assertThat(dashboards.get("second").isAlive()).isFalse());
        store.restart();
        String again = start("again", coordinator);
        await("another one goes on", () -> createGroup(again, 3));
        assertThat(admin("--dashboard=" + again, "group")).contains("\"id\" : 1", "\"id\" : 2", "\"id\" : 3");

        assertThat(dashboards.get("again").stop()).isZero();
        assertThat(admin(coordinator, "--dashboard-list")).contains("\"dashboard\" : \"\"");
    }

    private String start(String name, String coordinator) throws IOException {
        int port = Ports.free();
        Path settings = Files.writeString(root.resolve(name + ".toml"), "admin_addr = \"127.0.0.1:" + port + "\"\n");
        dashboards.put(
                name,
                ChildProcess.start(
                        name,
                        root.resolve(name + ".log"),
                        ChildProcess.javaCommand(
                                Codis.class.getName(), List.of("codis-dashboard", "--config=" + settings, coordinator)),
                        Map.of("CODIS_SECRET_FILE", root.resolve("secret").toString())));
        return "127.0.0.1:" + port;
    }

    private static void createGroup(String dashboard, int id) {
        String said = admin("--dashboard=" + dashboard, "--create-group", "--gid=" + id);
        assertThat(said).isEmpty();
    }

    private static String admin(String... arguments) {
        var said = new ByteArrayOutputStream();
        var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        AdminMain.run(new Output(stream, stream, false), arguments);
        return said.toString(StandardCharsets.UTF_8);
    }

    private void await(String what, ThrowingRunnable holds) {
        try {
            Awaitility.await(what).atMost(Duration.ofSeconds(60)).untilAsserted(holds);
        } catch (RuntimeException | AssertionError e) {
            var logs = new ArrayList<String>();
            dashboards.forEach((name, process) -> logs.add("== " + name + "\n" + process.logTail()));
            throw new AssertionError(e.getMessage() + "\n" + String.join("\n", logs), e);
        }
    }
}
