package io.codis.cli.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.admin.FakeDashboard;
import io.codis.cli.ha.HaReport.State;
import io.codis.cli.output.Output;
import io.codis.infra.json.Json;
import io.codis.infra.log.Logging;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class HaMainTest {

    private static final String STATS = """
            {"group":{"models":[{"id":1,"servers":[{"server":"a:1"},{"server":"b:2"}]}],
              "stats":{"a:1":{"stats":{"used_memory":"1"}},
                       "b:2":{"stats":{"master_addr":"a:1","master_link_status":"%s","master_link_down_since_seconds":"7"}}}},
             "proxy":{"models":[{"id":1,"token":"aaa","proxy_addr":"h:19"}],"stats":{"aaa":{"stats":{"online":true}}}}}
            """;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path logs;

    @AfterEach
    void restoreLogging() {
        Logging.configure(null, "INFO");
    }

    @Test
    void healthIsJudgedByTheRulesOfCodis() {
        var report = HaReport.of(Json.tree("""
                {"group":{"models":[{"id":1,"servers":[{"server":"a:1"},{"server":"b:2"},{"server":"c:3"},{"server":"d:4"}]},
                                    {"id":2,"servers":[{"server":"e:5"},{"server":"f:6"},{"server":"g:7"},{"server":"h:8"}]}],
                  "stats":{"a:1":{"stats":{"used_memory":"1"}},
                           "b:2":{"stats":{"master_addr":"a:1","master_link_status":"up"}},
                           "c:3":{"stats":{"master_addr":"a:1","master_link_status":"down"}},
                           "d:4":{"stats":{"master_addr":"b:2","master_link_status":"up"}},
                           "e:5":{"stats":{"master_addr":"f:6","master_link_status":"up"}},
                           "f:6":{"error":{"Cause":"refused"}},
                           "g:7":{"timeout":true}}},
                 "proxy":{"models":[{"id":1,"token":"x","proxy_addr":"p:1"},{"id":2,"token":"y","proxy_addr":"p:2"}],
                          "stats":{"x":{"stats":{}}}}}
                """.getBytes(StandardCharsets.UTF_8)));
        assertThat(report.states().entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue().state()))
                .containsExactly(
                        "proxy-1 p:1 " + State.READY,
                        "proxy-2 p:2 " + State.MISSING,
                        "group-1 a:1 " + State.READY,
                        "group-1 b:2 " + State.READY,
                        "group-1 c:3 " + State.BROKEN,
                        "group-1 d:4 " + State.SYNC_ERROR,
                        "group-2 e:5 " + State.SYNC_ERROR,
                        "group-2 f:6 " + State.ERROR,
                        "group-2 g:7 " + State.TIMEOUT,
                        "group-2 h:8 " + State.MISSING);
    }

    @Test
    void changesAreLoggedNothingIsChangedAndADashboardThatIsAwayIsWaitedFor() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var dashboard = new FakeDashboard()) {
            dashboard.stats(STATS.formatted("up"));
            var exit = threads.submit(() -> ha(
                    "--dashboard=" + dashboard.address(),
                    "--interval=1",
                    "--log",
                    logs.resolve("ha.log").toString()));
            awaitLine("watching members=3 ready=3");
            dashboard.stats(STATS.formatted("down"));
            awaitLine("not ready member=\"group-1 b:2\" state=BROKEN detail=\"down for 7 s\"");
            dashboard.stats(STATS.formatted("up"));
            awaitLine("ready again member=\"group-1 b:2\" was=BROKEN");
            assertThat(lines().lines()).hasSize(3);

            dashboard.away(true);
            awaitLine("no answer dashboard=" + dashboard.address() + " reason=NotReady cause=\"topom is not online\"");
            int looks = dashboard.looks();
            Awaitility.await("it looks on").until(() -> dashboard.looks() > looks + 2);
            dashboard.away(false);
            awaitLine("answers again dashboard=" + dashboard.address());
            assertThat(lines().lines()).as("each change once").hasSize(5);
            assertThat(exit.isDone()).isFalse();
            threads.shutdownNow();
        }
    }

    @Test
    void aBadCommandLineIsRefused() throws Exception {
        assertThat(ha()).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Missing required option: '--dashboard");
        assertThat(ha("--dashboard=x:1", "--interval=0")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--interval=0: must be greater than 0");
        assertThat(ha("--dashboard=x:1", "--wrong")).isEqualTo(2);
        assertThat(ha("--dashboard=http://x:1")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("\"http://x:1\" is not an address");
    }

    @Test
    void theVersionAndTheFlagsArePrintedWithoutADashboard() {
        assertThat(ha("--version")).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).matches("version: \\S+\ncompile: java \\S+\n");
        assertThat(ha("--help")).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--dashboard", "--interval", "--no-maintains");
    }

    private int ha(String... args) {
        return HaMain.run(
                new Output(
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false),
                args);
    }

    private void awaitLine(String part) {
        Awaitility.await("log line " + part)
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(lines()).contains(part));
    }

    private String lines() throws IOException {
        try (var files = Files.list(logs)) {
            return files.map(HaMainTest::read).collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
