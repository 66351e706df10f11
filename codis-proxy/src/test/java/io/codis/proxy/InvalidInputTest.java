package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.config.ProxyConfig;
import io.codis.core.topology.ProxyModel;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What a person or a program may get wrong is refused in words that say what to do, and nothing is started. */
final class InvalidInputTest {

    @TempDir
    private Path directory;

    static Stream<Arguments> flags() {
        return Stream.of(
                wrong("Unknown option: '--nonsense'", "--nonsense"),
                wrong(
                        "--dashboard \"nowhere\": not an address; write host:port, such as 127.0.0.1:18080",
                        "--dash=nowhere"),
                wrong(
                        "--zookeeper: this kind of coordinator is not supported; use --dashboard or --filesystem",
                        "--zookeeper=a:1"),
                wrong(
                        "--etcd: this kind of coordinator is not supported; use --dashboard or --filesystem",
                        "--etcd",
                        "a:1"),
                wrong("mutually exclusive", "--dashboard=a:1", "--filesystem=/tmp"),
                wrong("--fillslots no-such-file: cannot be read", "--fillslots=no-such-file"),
                wrong("--ncpu 0: must be greater than 0", "--ncpu=0"),
                wrong("'x' is not an int", "--ncpu=x"),
                wrong("--max-ncpu 4: only together with --ncpu, and not less than that", "--max-ncpu=4"),
                wrong("--max-ncpu 1: only together with --ncpu, and not less than that", "--ncpu=2", "--max-ncpu=1"),
                wrong("--ulimit 99999999999: this process may open only", "--ulimit=99999999999"),
                wrong("\"soon\": not a duration; write a number with s, m or h", "--drain=soon"),
                wrong("\"-1s\": must not be negative", "--drain=-1s"),
                wrong("invalid loglevel \"LOUD\": use ERROR, WARN, INFO, DEBUG or NONE", "--log-level=LOUD"),
                wrong("configuration file no-such-file does not exist", "-c", "no-such-file"),
                wrong("product_name = \"../x\": not a product name; start with a letter", "--product_name=../x"),
                wrong(
                        "--host-admin = \"1.2.3.4\": not an address that others can reach; write host:port",
                        "--host-admin=1.2.3.4"),
                wrong("--host-admin = \"1.2.3.4:0\": not an address that others can reach", "--host-admin=1.2.3.4:0"),
                wrong("--host-proxy = \"0.0.0.0:1\": a wildcard cannot be advertised", "--host-proxy=0.0.0.0:1"),
                wrong(
                        "--host-proxy = \"no.such.host.invalid:1\": the host name does not resolve",
                        "--host-proxy=no.such.host.invalid:1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("flags")
    void flagsAreRefused(String expected, List<String> flags) {
        Outcome outcome = run(Stream.concat(Stream.of("--pidfile", pidfile().toString()), flags.stream()));

        assertThat(outcome.said).contains(expected);
        assertThat(outcome.code).isEqualTo(2);
        assertThat(pidfile()).doesNotExist();
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                wrong("proxy.toml:1: not TOML", "product_name ="),
                wrong("proxy.toml:1 product_name = \"a b\": not a product name", "product_name = \"a b\""),
                wrong(
                        "proxy.toml:2 admin_addr = \"here\": not an address; write host:port",
                        "",
                        "admin_addr = \"here\""),
                wrong("proxy.toml:1 admin_addr = \"a:70000\": not an address", "admin_addr = \"a:70000\""),
                wrong("proxy.toml:1 proto_type = \"udp\": unknown; write one of tcp, tcp4", "proto_type = \"udp\""),
                wrong(
                        "proto_type = \"unix\": sockets in the file system are not served; write \"tcp4\"",
                        "proto_type = \"unix\""),
                wrong("proxy.toml:1 proxy_addr = \"19000\": not an address for tcp4", "proxy_addr = \"19000\""),
                wrong(
                        "\"no.such.host.invalid:1\": the host name does not resolve",
                        "proxy_addr = \"no.such.host.invalid:1\""),
                wrong("session_recv_timeout = \"30x\": not a duration", "session_recv_timeout = \"30x\""),
                wrong("session_recv_timeout = \"1h30m\": not a duration", "session_recv_timeout = \"1h30m\""),
                wrong("slot_lock_timeout = \"0\": must be greater than 0", "slot_lock_timeout = \"0\""),
                wrong("backend_ping_period = \"-1s\": must not be negative", "backend_ping_period = \"-1s\""),
                wrong("proxy_max_clients = 0: must be greater than 0", "proxy_max_clients = 0"),
                wrong("proxy_max_clients = 1.5:", "proxy_max_clients = 1.5"),
                wrong("backend_number_databases = -1: must be greater than 0", "backend_number_databases = -1"),
                wrong("session_recv_bufsize = \"big\": not a size", "session_recv_bufsize = \"big\""),
                wrong("session_break_on_failure = \"maybe\":", "session_break_on_failure = \"maybe\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void settingsAreRefusedWithTheirPlace(String expected, List<String> lines) throws IOException {
        Files.write(directory.resolve("proxy.toml"), lines);

        Outcome outcome = run(Stream.of("-c", directory.resolve("proxy.toml").toString()));

        assertThat(outcome.said).contains(expected);
        assertThat(outcome.code).isEqualTo(2);
    }

    @Test
    void allProblemsOfAFileAreToldAtOnce() throws IOException {
        Files.writeString(
                directory.resolve("proxy.toml"), "product_name = \"a b\"\nproto_type = \"udp\"\nadmin_addr = \"x\"\n");

        assertThat(run(Stream.of("-c", directory.resolve("proxy.toml").toString())).said)
                .contains("proxy.toml:1", "proxy.toml:2", "proxy.toml:3");
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                call("invalid xauth, please check product name & auth", "GET", "/api/proxy/xping/0123", ""),
                call("invalid flags", "GET", "/api/proxy/stats/{x}/many", ""),
                call("invalid loglevel", "PUT", "/api/proxy/loglevel/{x}/loud", ""),
                call("the request has no body, JSON is needed", "PUT", "/api/proxy/route/{x}", ""),
                call("JSON document", "PUT", "/api/proxy/route/{x}", "{"),
                call("version", "PUT", "/api/proxy/route/{x}", "{\"epoch\":1,\"version\":\"2\"}"),
                call(
                        "a route table needs groups, slots and moves",
                        "PUT",
                        "/api/proxy/route/{x}",
                        "{\"epoch\":1,\"version\":2}"),
                call("slots[0].from", "PUT", "/api/proxy/route/{x}", "{\"slots\":[{\"from\":1.5}]}"),
                call("the request has no body, JSON is needed", "PUT", "/api/proxy/fillslots/{x}", ""),
                call("JSON document", "PUT", "/api/proxy/fillslots/{x}", "[{\"id\":1},"),
                call("use of invalid slot id", "PUT", "/api/proxy/fillslots/{x}", "[{\"id\":1024}]"),
                call("[0].id", "PUT", "/api/proxy/fillslots/{x}", "[{\"id\":\"1\"}]"),
                call("JSON document", "PUT", "/api/proxy/sentinels/{x}", "[]"));
    }

    @ParameterizedTest(name = "{1} {2} {3}")
    @MethodSource("calls")
    void callsAreRefusedWithStatus800(String expected, String method, String path, String body) throws Exception {
        var settings = ProxyConfig.defaults().settings().with(ProxyConfig.ADMIN_ADDR, "127.0.0.1:0");
        try (ProxyServer proxy =
                        ProxyServer.start(new ProxyConfig(settings), ProxyServer.Launch.DEFAULT, FakePlane::new);
                ApiClient client = ApiClient.create(Duration.ofSeconds(20));
                HttpClient http = HttpClient.newHttpClient()) {
            String base = "http://127.0.0.1:" + proxy.adminAddress().getPort();
            String token =
                    client.get(base + "/api/proxy/model", ProxyModel.class).token();
            URI url = URI.create(base + path.replace("{x}", Xauth.ofProxy("codis-demo", "", token)));

            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(url)
                            .method(method, BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(answer.body()).contains("\"Cause\"", expected);
            assertThat(answer.statusCode()).isEqualTo(800);
            FakePlane plane = (FakePlane) proxy.plane();
            assertThat(plane.online).isFalse();
            assertThat(plane.table).isNull();
        }
    }

    private static Arguments wrong(String expected, String... given) {
        return Arguments.of(expected, List.of(given));
    }

    private static Arguments call(String expected, String method, String path, String body) {
        return Arguments.of(expected, method, path, body);
    }

    private record Outcome(int code, String said) {}

    private Outcome run(Stream<String> flags) {
        var said = new StringWriter();
        CommandLine command = ProxyMain.commandLine(FakePlane::new).setErr(new PrintWriter(said, true));
        int code = command.execute(flags.toArray(String[]::new));
        return new Outcome(code, said.toString());
    }

    private Path pidfile() {
        return directory.resolve("pid");
    }
}
