package io.codis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.Codis;
import io.codis.cli.output.Output;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands in the order in which a person builds a cluster, against the real processes. */
@Timeout(300)
class AdminWithRealDashboardTest {

    private final List<ChildProcess> children = new ArrayList<>();
    private final String dashboard = "127.0.0.1:" + Ports.free();

    @TempDir
    private Path root;

    private record Answer(int code, String out, String err) {}

    @AfterEach
    void stop() {
        children.reversed().forEach(ChildProcess::close);
    }

    @Test
    void aClusterIsBuiltChangedDumpedAndShutDown() throws Exception {
        ClusterSecret.loadOrCreate(root.resolve("secret"));
        startDashboard();
        String first = startServer();
        String second = startServer();
        await("the dashboard leads", () -> assertThat(ask("--reload").code()).isZero());

        done(ask("--create-group --gid=1"));
        for (String server : List.of(first, second)) {
            await("its launcher is up", () -> done(ask("--group-add --gid=1 --addr=" + server)));
        }
        await(
                "replication",
                () -> assertThat(ask("--group-status").out())
                        .isEqualTo("[ ] group-1 [0] " + first + " ==> NO:ONE\n[ ] group-1 [1] " + second + " ==> "
                                + first + ":up\n"));

        assertThat(ask("--rebalance").out()).isEqualTo("[0000,1023] => 1\ndone\n");
        assertThat(ask("--rebalance --confirm").out()).isEqualTo("[0000,1023] => 1\ndone\n");
        await("all slots served", () -> assertThat(ask("--rebalance").out()).isEqualTo("nothing changes\n"));
        await("no move left", () -> assertThat(ask("slots").out()).doesNotContain("state", "\"group_id\" : 0"));

        await(
                "a switchover",
                () -> assertThat(
                                ask("--promote-server --gid=1 --addr=" + second).err())
                        .isEmpty());
        await(
                "the old master follows",
                () -> assertThat(ask("--group-status").out())
                        .isEqualTo("[ ] group-1 [0] " + second + " ==> NO:ONE\n[ ] group-1 [1] " + first + " ==> "
                                + second + ":up\n"));

        Answer refused = ask("--remove-group --gid=1");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).startsWith("[error]: [Remote Error] group-[1] ");
        assertThat(ask("--create-group --gid=1").err()).isEqualTo("[error]: [Remote Error] group-[1] already exists\n");
        assertThat(ask("--create-group --gid=10000").err())
                .isEqualTo("[error]: [Remote Error] invalid group id = 10000, out of range\n");

        String dump = admin("--filesystem=" + coordinator(), "--config-dump", "--product=demo")
                .out();
        assertThat(dump).contains(first, second, "\"id\" : 1023,\n            \"group_id\" : 1");
        assertThat(admin("--filesystem=" + coordinator(), "--dashboard-list").out())
                .contains(dashboard);

        done(ask("--shutdown"));
        await("the dashboard is gone and has given its lock back", () -> {
            assertThat(children.getFirst().isAlive()).isFalse();
            assertThat(admin("--filesystem=" + coordinator(), "--dashboard-list")
                            .out())
                    .contains("\"dashboard\" : \"\"");
        });
    }

    private void startDashboard() throws IOException {
        Path settings = Files.writeString(
                root.resolve("dashboard.toml"),
                "product_name = \"demo\"\nadmin_addr = \"" + dashboard + "\"\ncoordinator_addr = \"" + coordinator()
                        + "\"\n");
        start("dashboard", "codis-dashboard", "--config=" + settings);
    }

    private String startServer() throws IOException {
        int port = Ports.free();
        Path data = Files.createDirectories(root.resolve("server-" + port));
        start("server-" + port, "codis-server", "--port", "" + port, "--bind", "127.0.0.1", "--dir", data.toString());
        return "127.0.0.1:" + port;
    }

    private void start(String name, String... arguments) {
        children.add(ChildProcess.start(
                name,
                root.resolve(name + ".log"),
                ChildProcess.javaCommand(Codis.class.getName(), List.of(arguments)),
                Map.of("CODIS_SECRET_FILE", root.resolve("secret").toString())));
    }

    private Path coordinator() {
        return root.resolve("coordinator");
    }

    private Answer ask(String line) {
        var arguments = new ArrayList<String>(List.of("--dashboard=" + dashboard));
        arguments.addAll(List.of(line.split(" ", -1)));
        return admin(arguments.toArray(String[]::new));
    }

    private static Answer admin(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var output = new Output(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int code = AdminMain.run(output, arguments);
        return new Answer(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static void done(Answer answer) {
        assertThat(answer).isEqualTo(new Answer(0, "", ""));
    }

    private static void await(String what, org.awaitility.core.ThrowingRunnable assertion) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(assertion);
    }
}
