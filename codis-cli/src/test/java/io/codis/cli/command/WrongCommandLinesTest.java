package io.codis.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.output.Output;
import io.codis.infra.json.Json;
import io.codis.testkit.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to somebody who typed something wrong; nothing is started and nothing is written. */
class WrongCommandLinesTest {

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    static Stream<Arguments> commandLines() {
        return Stream.of(
                line(2, "InvalidArgument: name a command"),
                line(2, "InvalidArgument: there is no command start; did you mean status?", "start"),
                line(2, "InvalidArgument: it takes no further argument: now", "rebalance", "now"),
                line(2, "InvalidArgument: Unknown option: '--dettach'", "up", "--dettach"),
                line(
                        2,
                        "InvalidArgument: --data comes after the command, such as: codis status --data …",
                        "--data",
                        "there",
                        "status"),
                line(2, "InvalidArgument: rebuild needs --accept-loss", "rebuild"),
                line(2, "InvalidArgument: Missing required option: '--file=FILE'", "apply"),
                line(
                        2,
                        "InvalidArgument: -n and --cluster: name the Kubernetes too, with --context",
                        "status",
                        "-n",
                        "there"),
                line(
                        2,
                        "InvalidArgument: up is for clusters of this machine; on Kubernetes use kubectl apply -f FILE",
                        "--context",
                        "there",
                        "up"),
                line(
                        2,
                        "NotFound: the kubeconfig has no context nowhere-at-all",
                        "status",
                        "--context",
                        "nowhere-at-all"),
                line(2, "InvalidArgument: Missing required parameter: 'GROUP'", "failover"),
                line(
                        2,
                        "InvalidArgument: Invalid value for positional parameter at index 0 (GROUP): 'one' is not an int",
                        "failover",
                        "one"),
                line(2, "InvalidArgument: Missing required option: '--to=DIR'", "backup"),
                line(2, "InvalidArgument: --keep=-1: must not be less than 0", "backup", "--to", "x", "--keep", "-1"),
                line(1, "NotReady: no cluster runs in DATA; start it with codis up --data DATA", "backup", "--to", "x"),
                line(
                        2,
                        "InvalidArgument: MEMBER = server-1-2: only --accept-loss lets you choose; leave it out",
                        "failover",
                        "1",
                        "server-1-2"),
                line(2, "InvalidArgument: GROUP = 0: use the number of a group, 1 or more", "failover", "0"),
                line(
                        2,
                        "InvalidArgument: Expected parameter for option '--groups' but found '--proxies'",
                        "scale",
                        "--groups",
                        "--proxies",
                        "2"),
                line(
                        2,
                        "InvalidArgument: Invalid value for option '--groups': 'many' is not an int",
                        "scale",
                        "--groups",
                        "many"),
                line(2, "InvalidArgument: nothing to scale; name --groups, --replicas or --proxies", "scale"),
                line(2, "InvalidArgument: --groups = 0: use 1 to 1024", "scale", "--groups", "0"),
                line(2, "  --proxies = -1: use 1 to 1000", "scale", "--groups", "0", "--proxies", "-1"),
                line(2, "InvalidArgument: --groups = 2000: use 1 to 1024", "scale", "--groups", "2000"),
                line(2, "InvalidArgument: --replicas = 17: use 1 to 16", "scale", "--replicas", "17"),
                line(
                        2,
                        "InvalidArgument: Invalid value for option '--output': expected one of [text, json, yaml] (case-insensitive) but was"
                                + " 'xml'",
                        "status",
                        "-o",
                        "xml"),
                line(2, "InvalidArgument: missing.yaml: no such file: missing.yaml", "up", "-f", "missing.yaml"),
                line(2, "InvalidArgument: missing.yaml: no such file: missing.yaml", "plan", "-f", "missing.yaml"),
                line(
                        2,
                        "InvalidArgument: NAME = dashbord: no such process; there are no logs in DATA/logs",
                        "logs",
                        "dashbord"),
                line(2, "InvalidArgument: Missing required parameter: 'default'", "config"),
                line(
                        2,
                        "InvalidArgument: --data = DATA: the default is the same everywhere, leave it out; the stored cluster is"
                                + " in DATA/spec.yaml",
                        "config",
                        "default"),
                line(1, "NotReady: no cluster runs in DATA; start it with codis up --data DATA", "status"),
                line(1, "NotReady: no cluster runs in DATA; start it with codis up --data DATA", "rebalance"),
                line(
                        1,
                        "NotReady: there is no cluster in DATA; start one with codis up --data DATA, or store one with codis apply -f FILE"
                                + " --data DATA",
                        "scale",
                        "--groups",
                        "2"),
                line(1, "NotReady: no cluster runs in DATA; start it with codis up --data DATA", "failover", "1"));
    }

    private static Arguments line(int code, String message, String... arguments) {
        return Arguments.of(List.of(arguments), code, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commandLines")
    void theReasonIsSaidAndTheExitCodeTellsInputFromState(List<String> arguments, int code, String message) {
        Path data = directory.resolve("data");

        int exit = run(data, arguments);

        assertThat(errors()).anyMatch(line -> line.startsWith(message.replace("DATA", data.toString())));
        assertThat(exit).isEqualTo(code);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(data).doesNotExist();
    }

    static Stream<Arguments> forPrograms() {
        return Stream.of(
                line(2, "InvalidArgument", "scale", "--groups", "many", "-o", "json"),
                line(2, "InvalidArgument", "scale", "--groups", "0", "-ojson"),
                line(2, "InvalidArgument", "scale", "--groups", "2", "--bogus", "--output=JSON"),
                line(1, "NotReady", "status", "--output", "json"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forPrograms")
    void aProgramReadsTheSameInItsFormat(List<String> arguments, int code, String reason) {
        assertThat(run(directory.resolve("data"), arguments)).isEqualTo(code);

        var failure = Json.read(err.toString(StandardCharsets.UTF_8), Failure.class);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.problems()).hasSize(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void orItReadsYaml() {
        assertThat(run(directory.resolve("data"), List.of("status", "-o", "yaml")))
                .isEqualTo(1);
        assertThat(errors())
                .containsExactly(
                        "reason: NotReady",
                        "problems:",
                        "  - no cluster runs in " + directory.resolve("data") + "; start it with codis up --data "
                                + directory.resolve("data"));
    }

    @Test
    void allProblemsOfAFileAreListed() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.yaml"), """
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata:
                  name: bad
                spec:
                  proxySpec:
                    servicePort: 99999
                    replcas: 1
                  redisSpec:
                    replicas: 3
                """);

        int exit = run(directory.resolve("data"), List.of("up", "-f", file.toString()));

        assertThat(exit).isEqualTo(2);
        assertThat(errors())
                .containsExactly(
                        "InvalidArgument: 3 problems, nothing was changed",
                        "  " + file + ": spec.proxySpec.servicePort (line 7) = 99999: out of range; use 1 to 65535",
                        "  " + file + ": spec.proxySpec.replcas (line 8): unknown field; did you mean replicas?",
                        "  " + file
                                + ": spec.redisSpec.replicas (line 10) = 3: not a multiple of codisServerNumsPerGroup (2);"
                                + " use 2 or 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "plan"})
    void settingsThatTheEngineDoesNotTakeAreRefusedBeforeAnythingStarts(String command) throws IOException {
        Path file = spec("  redisSpec: {redisConf: {maxmemory-policy: some}}\n");

        int exit = run(directory.resolve("data"), List.of(command, "-f", file.toString()));

        assertThat(exit).isEqualTo(2);
        assertThat(errors())
                .anyMatch(line -> line.matches(
                        "InvalidArgument: spec\\.redisSpec\\.redisConf: .*-server refuses it, 'maxmemory-policy some':"
                                + " argument\\(s\\) must be one of the following: volatile-lru.*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "plan"})
    void portsThatTwoProcessesWouldShareAreNamed(String command) throws IOException {
        Path file = spec("  dashboardSpec: {servicePort: 19000}\n  proxySpec: {replicas: 2, adminPort: 19001}\n");

        int exit = run(directory.resolve("data"), List.of(command, "-f", file.toString()));

        assertThat(exit).isEqualTo(2);
        assertThat(errors())
                .contains(
                        "  spec.proxySpec.servicePort = 19000: proxy-1 and dashboard would both listen there; change one",
                        "  spec.proxySpec.servicePort = 19001: proxy-2 and admin API of proxy-1 would both listen there; change"
                                + " one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "plan"})
    void aPortInUseIsReportedWithItsOwner(String command) throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Path file = spec("  proxySpec: {servicePort: " + port + "}\n");

            int exit = run(directory.resolve("data"), List.of(command, "-f", file.toString()));

            assertThat(exit).isEqualTo(2);
            assertThat(errors())
                    .anyMatch(line -> line.startsWith("PortInUse: port " + port + " of proxy-1: held by pid "
                                    + ProcessHandle.current().pid() + " (")
                            && line.endsWith("); stop that, or choose another port"));
            assertThat(directory.resolve("data")).doesNotExist();
        }
    }

    @Test
    void theDefaultClusterIsPrintedAsAFileThatCanBeUsed() throws IOException {
        assertThat(RootCommand.run(output(), "config", "default")).isZero();
        String onOtherPorts = Pattern.compile("((?:service|admin)Port: )\\d+")
                .matcher(out.toString(StandardCharsets.UTF_8))
                .replaceAll(port -> port.group(1) + Ports.block(8));
        Path file = Files.writeString(directory.resolve("default.yaml"), onOtherPorts);
        out.reset();

        assertThat(run(directory.resolve("data"), List.of("plan", "-f", file.toString(), "-o", "json")))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"start dashboard\"");
    }

    private Path spec(String spec) throws IOException {
        return Files.writeString(
                directory.resolve("spec.yaml"),
                "apiVersion: k8s.infra.cn/v1\nkind: CodisCluster\nmetadata: {name: test}\nspec:\n" + spec);
    }

    private int run(Path data, List<String> arguments) {
        var all = new java.util.ArrayList<>(arguments);
        if (!arguments.isEmpty() && !arguments.getFirst().equals("start")) {
            all.addAll(List.of("--data", data.toString()));
        }
        return RootCommand.run(output(), all.toArray(String[]::new));
    }

    private Output output() {
        return new Output(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
    }

    private List<String> errors() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
