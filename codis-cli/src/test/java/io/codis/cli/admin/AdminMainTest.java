package io.codis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.output.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class AdminMainTest {

    private static final String STATS = """
            {"group":{"models":[
               {"id":1,"servers":[{"server":"a:1"},{"server":"b:2"},{"server":"c:3"},{"server":"d:4"}]},
               {"id":2,"servers":[{"server":"e:5"},{"server":"f:6"}]}],
              "stats":{"a:1":{"stats":{"used_memory":"1"},"unixtime":1},
                       "b:2":{"stats":{"master_addr":"a:1","master_link_status":"up"},"unixtime":1},
                       "c:3":{"stats":{"master_addr":"x:9","master_link_status":"down"},"unixtime":1},
                       "e:5":{"error":{"Cause":"refused"},"unixtime":1},
                       "f:6":{"timeout":true,"unixtime":1}}},
             "proxy":{"models":[{"id":1,"token":"aaa","admin_addr":"h:11","proxy_addr":"h:19"},
                                {"id":2,"token":"bbb","admin_addr":"h:12","proxy_addr":"h:20"}],
              "stats":{"aaa":{"stats":{"online":true},"unixtime":1}}},
             "slots":[{"id":0,"group_id":1,"action":{}}]}
            """;

    private final FakeDashboard dashboard = new FakeDashboard();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path root;

    @AfterEach
    void stop() {
        dashboard.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --reload|/api/topom/reload/X
            --shutdown|/api/topom/shutdown/X
            --log-level=DEBUG|/api/topom/loglevel/X/DEBUG
            --create-proxy --addr=h:1|/api/topom/proxy/create/X/h:1
            --create-proxy -x h:1|/api/topom/proxy/create/X/h:1
            --online-proxy --addr h:1|/api/topom/proxy/online/X/h:1
            --remove-proxy --addr=h:12|/api/topom/proxy/remove/X/bbb/0
            --remove-proxy --pid=1 --force|/api/topom/proxy/remove/X/aaa/1
            --remove-proxy -t tok|/api/topom/proxy/remove/X/tok/0
            --reinit-proxy --token=tok|/api/topom/proxy/reinit/X/tok
            --reinit-proxy --all|/api/topom/proxy/reinit/X/aaa /api/topom/proxy/reinit/X/bbb
            --create-group --gid=7|/api/topom/group/create/X/7
            --create-group -g 7|/api/topom/group/create/X/7
            --resync-group --gid=7|/api/topom/group/resync/X/7
            --resync-group --all|/api/topom/group/resync-all/X
            --group-add --gid=7 --addr=h:1|/api/topom/group/add/X/7/h:1
            --group-add --gid=7 --addr=h:1 --datacenter=|/api/topom/group/add/X/7/h:1
            --group-add --gid=7 --addr=h:1 --datacenter=dc1|/api/topom/group/add/X/7/h:1/dc1
            --group-del --gid=7 --addr=h:1|/api/topom/group/del/X/7/h:1
            --replica-groups --gid=7 --addr=h:1 --enable|/api/topom/group/replica-groups/X/7/h:1/1
            --replica-groups --gid=7 --addr=h:1 --disable|/api/topom/group/replica-groups/X/7/h:1/0
            --sync-action --create --addr=h:1|/api/topom/group/action/create/X/h:1
            --sync-action --remove --addr=h:1|/api/topom/group/action/remove/X/h:1
            --slot-action --create --sid=5 --gid=7|/api/topom/slots/action/create/X/5/7
            --slot-action --remove --sid=5|/api/topom/slots/action/remove/X/5
            --slot-action --create-some --gid-from=1 --gid-to=2 --num-slots=9|/api/topom/slots/action/create-some/X/1/2/9
            --slot-action --create-range --beg=0 --end=9 --gid=7|/api/topom/slots/action/create-range/X/0/9/7
            --slot-action --interval=500|/api/topom/slots/action/interval/X/500
            --slot-action --disabled=1|/api/topom/slots/action/disabled/X/1
            --slots-assign --beg=3 --end=4 --gid=7 --confirm|/api/topom/slots/assign/X [{"group_id":7,"id":3},{"group_id":7,"id":4}]
            --slots-assign --beg=3 --end=3 --offline --confirm|/api/topom/slots/assign/X/offline [{"group_id":0,"id":3}]
            --sentinel-add --addr=h:1|/api/topom/sentinels/add/X/h:1
            --sentinel-del --addr=h:1 --force|/api/topom/sentinels/del/X/h:1/1
            --sentinel-resync|/api/topom/sentinels/resync-all/X
            """)
    void aChangeIsAskedOfTheDashboardAndSaysNothing(String command, String asked) {
        dashboard.stats(STATS);
        assertThat(admin("--dashboard=" + dashboard.address() + " " + command)).isZero();
        assertThat(String.join(" ", dashboard.asked)).isEqualTo(asked);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --remove-group --gid=7|[error]: [Remote Error] group-[7] doesn't exist
            --remove-proxy --addr=h:99|[error]: no proxy with --addr=h:99
            --create-group|[error]: --gid is needed
            --create-group --gid=x|[error]: --gid=x: not a whole number
            --group-add --gid=1|[error]: --addr is needed
            --slot-action|[error]: one of --create, --remove, --create-some
            --slot-action --create --remove --sid=1|[error]: --create and --remove cannot be used together
            --create-group --remove-group --gid=1|[error]: --create-group and --remove-group cannot be used together
            --slots-assign --beg=5 --end=4 --gid=1|[error]: invalid slot range [5,4]
            --slots-assign --beg=0 --end=1024 --gid=1|[error]: invalid slot range [0,1024]
            --slots-assign --beg=0 --end=1|[error]: one of --gid, --offline is needed
            --nonsense|codis-admin: Unknown option: '--nonsense'
            --gid|codis-admin: Missing required parameter for option
            --slots|codis-admin: Error: '--slots' is not unique
            nonsense|[error]: "nonsense" is nothing to show
            --proxy=127.0.0.1:1|[error]: --dashboard and --proxy cannot be used together
            """)
    void aMistakeEndsWithCodeOneAndTheReason(String command, String reason) {
        dashboard.stats(STATS);
        assertThat(admin("--dashboard=" + dashboard.address() + " " + command)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(reason);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(dashboard.asked).isEmpty();
    }

    @Test
    void anUnreachableDashboardIsNamed() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThat(admin("--dashboard=127.0.0.1:" + port + " --reload")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("[error]: GET http://127.0.0.1:" + port + "/api/topom/model: cannot connect");
        assertThat(admin("--reload")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("one of --dashboard, --proxy, --filesystem");
    }

    @Test
    void statusesAreTheLinesOfCodis() {
        dashboard.stats(STATS);
        admin("--dashboard=" + dashboard.address() + " --group-status");
        assertThat(text()).isEqualTo("""
                        [ ] group-1 [0] a:1 ==> NO:ONE
                        [ ] group-1 [1] b:2 ==> a:1:up
                        [X] group-1 [2] c:3 ==> x:9:down
                        [?] group-1 [3] d:4
                        [E] group-2 [0] e:5
                        [T] group-2 [1] f:6
                        """);
        admin("--dashboard=" + dashboard.address() + " --proxy-status");
        assertThat(text()).isEqualTo("""
                        [ ] proxy-1 [T] aaa [A] h:11 [P] h:19
                        [?] proxy-2 [T] bbb [A] h:12 [P] h:20
                        """);
        admin("--dashboard=" + dashboard.address() + " --promote-server --gid=1 --addr=b:2");
        assertThat(text()).startsWith("[ ] group-1 [0] a:1");
        assertThat(dashboard.asked).containsExactly("/api/topom/group/promote/X/1/b:2");
    }

    @Test
    void aRebalancePlanIsShownInRuns() {
        admin("--dashboard=" + dashboard.address() + " --rebalance --confirm");
        assertThat(text()).isEqualTo("""
                        [0000,0002] => 1
                        [0005,0005] => 1
                        [0006,0006] => 2
                        [1023,1023] => 2
                        done
                        """);
        assertThat(dashboard.asked).containsExactly("/api/topom/slots/rebalance/X/1");
    }

    @Test
    void partsOfTheOverviewAreShown() {
        dashboard.stats(STATS);
        String to = "--dashboard=" + dashboard.address() + " ";
        for (String[] each : new String[][] {
            {"config", "{\n    \"a\" : 1\n}\n"},
            {"slots", "[\n    {\n        \"id\" : 0"},
            {"--list-proxy", "[\n    {\n        \"id\" : 1,\n        \"token\" : \"aaa\""},
            {"--list-group", "[\n    {\n        \"id\" : 1,\n        \"servers\""},
            {"--slots-status", "[\n    {\n        \"id\" : 0\n    }\n]\n"},
            {"", "{\n    \"config\""},
        }) {
            assertThat(admin(to + each[0])).as(each[0]).isZero();
            assertThat(text()).as(each[0]).startsWith(each[1]);
        }
        admin(to + "--slots-assign --beg=3 --end=3 --gid=7");
        assertThat(text()).contains("\"group_id\" : 7");
        assertThat(dashboard.asked).isEmpty();
    }

    @Test
    void longOptionsMayBeShortenedToAnUnambiguousBeginning() {
        assertThat(admin("--dashboard=" + dashboard.address() + " --rel")).isZero();
        assertThat(dashboard.asked).containsExactly("/api/topom/reload/X");
        assertThat(admin("--files=" + root + " --dashboard-l")).isZero();
        assertThat(text()).isEqualTo("[ ]\n");
    }

    @Test
    void aProxyIsAskedWithItsOwnLogin() throws Exception {
        Path slots = root.resolve("slots.json");
        Files.writeString(slots, "[{\"id\":5,\"backend_addr\":\"h:1\"}]");
        String to = "--proxy=" + dashboard.address() + " ";
        admin(to + "config");
        assertThat(text()).isEqualTo("{\n    \"b\" : 2\n}\n");

        assertThat(admin(to + "--start")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("[Remote Error] invalid xauth");
        String login = "-a " + FakeDashboard.AUTH + " ";
        for (String command : List.of(
                "--start",
                "--shutdown",
                "--reset-stats",
                "--forcegc",
                "--log-level=INFO",
                "--fillslots=" + slots + " --locked")) {
            assertThat(admin(to + login + command)).as(command).isZero();
        }
        assertThat(dashboard.asked)
                .containsExactly(
                        "/api/proxy/start/P",
                        "/api/proxy/shutdown/P",
                        "/api/proxy/stats/reset/P",
                        "/api/proxy/forcegc/P",
                        "/api/proxy/loglevel/P/INFO",
                        "/api/proxy/fillslots/P [{\"id\":5,\"locked\":true,\"backend_addr\":\"h:1\"}]");
        Files.writeString(slots, "{}");
        assertThat(admin(to + login + "--fillslots=" + slots)).isEqualTo(1);
        assertThat(dashboard.asked).hasSize(6);
    }

    @Test
    void aDumpThatWasRestoredIsDumpedTheSame() throws Exception {
        node("demo/topom", "{\"admin_addr\":\"h:18080\",\"product_name\":\"demo\"}");
        node("demo/slots/slot-0003", "{\"id\":3,\"group_id\":1,\"action\":{}}");
        node(
                "demo/group/group-0001",
                "{\"id\":1,\"servers\":[{\"server\":\"h:1\",\"datacenter\":\"\",\"action\":{},"
                        + "\"replica_group\":false}],\"promoting\":{},\"out_of_sync\":false}");
        node(
                "demo/proxy/proxy-aaa",
                "{\"id\":1,\"token\":\"aaa\",\"start_time\":\"\",\"admin_addr\":\"h:2\","
                        + "\"proto_type\":\"tcp4\",\"proxy_addr\":\"h:3\",\"product_name\":\"demo\",\"pid\":1,\"pwd\":\"/\","
                        + "\"sys\":\"\",\"hostname\":\"\",\"datacenter\":\"\"}");
        node("demo/sentinel", "{\"servers\":[\"h:26379\"],\"out_of_sync\":true}");
        String to = "--filesystem=" + root + " ";

        assertThat(admin(to + "--dashboard-list")).isZero();
        assertThat(text()).contains("\"name\" : \"demo\"").contains("\"dashboard\" : \"h:18080\"");
        assertThat(admin(to + "--config-dump --product=demo")).isZero();
        String dump = text();
        assertThat(dump).contains("\"id\" : 1023").contains("h:26379");
        Path file = Files.writeString(root.resolve("dump.json"), dump);

        assertThat(admin(to + "--config-restore=" + file + " --product=demo --confirm"))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("product demo has stored group already");
        assertThat(admin(to + "--config-restore=" + file + " --product=copy")).isZero();
        assertThat(root.resolve("data/codis3/copy")).doesNotExist();
        out.reset();
        assertThat(admin(to + "--config-restore=" + file + " --product=copy --confirm"))
                .isZero();
        assertThat(text()).isEmpty();
        assertThat(admin(to + "--config-dump --product=copy")).isZero();
        assertThat(text()).isEqualTo(dump);

        assertThat(admin(to + "--remove-lock --product=demo")).isZero();
        assertThat(root.resolve("data/codis3/demo/topom")).doesNotExist();
        assertThat(admin(to + "--remove-lock --product=demo")).isZero();
    }

    @Test
    void aDumpThatIsNotWholeAndQuietIsRefusedWithEveryReason() throws Exception {
        Path file = Files.writeString(root.resolve("bad.json"), """
                {"slots":[{"id":0,"group_id":7},{"id":0},{"id":1,"group_id":1,"action":{"state":"pending","target_id":2}}],
                 "group":[{"id":1,"servers":[{"server":"h:1"},{"server":"h:1"}],"promoting":{"state":"prepared"}},
                          {"id":1,"servers":[]},{"id":0,"servers":[]}],
                 "proxy":[]}
                """);
        assertThat(admin("--filesystem=" + root + " --config-restore=" + file + " --product=x --confirm"))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(
                        "slot-[0]: group-[7] is missing or empty",
                        "slot-[0] is out of range or there twice",
                        "slot-[1] is moving",
                        "group-[1] is there twice",
                        "group-[0]: out of range",
                        "group-[1] is promoting",
                        "server-[h:1] is there twice");
    }

    @Test
    void whatIsNotServedSaysSo() {
        assertThat(admin("--zookeeper=127.0.0.1:1 --dashboard-list")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no answer from ZooKeeper 127.0.0.1:1");
        assertThat(admin("--filesystem=" + root.resolve("absent") + " --dashboard-list"))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no such directory");
        assertThat(admin("--filesystem=" + root + " --config-dump --product=absent"))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("product absent is not stored here");
    }

    private void node(String path, String json) throws IOException {
        Path file = root.resolve("data/codis3").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, json);
    }

    private int admin(String line) {
        var arguments = new ArrayList<>(Arrays.asList(line.strip().split(" +", -1)));
        var output = new Output(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return AdminMain.run(output, arguments.toArray(String[]::new));
    }

    /** What was answered since the last time. */
    private String text() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }
}
