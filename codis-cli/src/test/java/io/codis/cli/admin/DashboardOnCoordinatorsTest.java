package io.codis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.Codis;
import io.codis.cli.output.Output;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.EtcdServer;
import io.codis.testkit.Ports;
import io.codis.testkit.Relay;
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
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dashboards and their coordinator, all real processes: whoever loses the lease follows, passes on what it is asked, and
 * leads again when it can.
 */
@Timeout(300)
class DashboardOnCoordinatorsTest {

    private final Map<String, ChildProcess> dashboards = new HashMap<>();

    @TempDir
    private Path root;

    @AfterEach
    void stop() {
        dashboards.values().forEach(ChildProcess::close);
    }

    @Test
    void aDashboardOnZooKeeperLeadsAgainWhenItHasLostItsLease() throws Exception {
        try (var server = ZooKeeperServer.start(root)) {
            alone("--zookeeper=" + server.address(), server::kill, server::restart);
            two("--zookeeper", server.port());
            assertThat(admin("--zookeeper=" + server.address(), "--config-dump", "--product=codis-demo"))
                    .contains("\"id\" : 7");
        }
    }

    @Test
    void aDashboardOnEtcdLeadsAgainWhenItHasLostItsLease() throws Exception {
        try (var server = EtcdServer.start(root)) {
            alone("--etcd=" + server.address(), server::kill, server::restart);
            two("--etcd", server.port());
            assertThat(admin("--etcd=" + server.address(), "--config-dump", "--product=codis-demo"))
                    .contains("\"id\" : 7");
        }
    }

    private void two(String flag, int port) throws Exception {
        ClusterSecret.loadOrCreate(root.resolve("secret"));
        String direct = flag + "=127.0.0.1:" + port;
        try (Relay wire = Relay.to(port)) {
            String first = start("first", flag + "=127.0.0.1:" + wire.port());
            await("the first leads", () -> createGroup(first, 4));
            String second = start("second", direct);
            assertThat(admin(direct, "--dashboard-list")).contains(first);

            wire.hold();
            long cut = System.nanoTime();
            await("the second leads and knows what the first stored", () -> createGroup(second, 5));
            System.out.println(flag + " failover_of_dashboard_ms=" + (System.nanoTime() - cut) / 1_000_000);
            assertThat(admin(direct, "--dashboard-list")).contains(second);
            assertThat(admin("--dashboard=" + first, "--create-group", "--gid=9"))
                    .as("the first lives, and does not lead")
                    .contains("topom is not online");
            wire.release();
            await("the first follows", () -> assertThat(log("first")).contains("the lease is taken"));
            createGroup(first, 6);
            assertThat(admin("--dashboard=" + second, "group"))
                    .contains("\"id\" : 4", "\"id\" : 5", "\"id\" : 6")
                    .doesNotContain("\"id\" : 9");
            assertThat(log("second")).as("nobody but the second wrote").doesNotContain("event=deposed");

            dashboards.get("second").kill();
            long killed = System.nanoTime();
            await("the first leads again", () -> createGroup(first, 7));
            System.out.println(flag + " take_over_after_kill_ms=" + (System.nanoTime() - killed) / 1_000_000);
        }
    }

    /** A leader alone: frozen for longer than its lease, and without its coordinator; it is one process all the time. */
    private void alone(String coordinator, Runnable kill, Runnable restart) throws Exception {
        ClusterSecret.loadOrCreate(root.resolve("secret"));
        String alone = start("alone", coordinator);
        await("it leads", () -> createGroup(alone, 1));
        ChildProcess process = dashboards.get("alone");

        process.freeze();
        TimeUnit.SECONDS.sleep(6);
        process.thaw();
        await("it lost the lease", () -> assertThat(log("alone")).containsOnlyOnce("event=deposed"));
        await("it leads again", () -> createGroup(alone, 2));

        kill.run();
        await(
                "it lost the lease again",
                () -> assertThat(log("alone").split("event=deposed", -1)).hasSize(3));
        assertThat(admin("--dashboard=" + alone, "--create-group", "--gid=9")).contains("topom is not online");
        restart.run();
        await("it leads a third time", () -> createGroup(alone, 3));

        assertThat(log("alone")).contains("s without an answer of the coordinator");
        assertThat(admin("--dashboard=" + alone, "group")).contains("\"id\" : 1", "\"id\" : 2", "\"id\" : 3");
        assertThat(process.stop()).isZero();
        assertThat(admin(coordinator, "--dashboard-list")).contains("\"dashboard\" : \"\"");
    }

    private String log(String name) throws IOException {
        return Files.readString(root.resolve(name + ".log"));
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
