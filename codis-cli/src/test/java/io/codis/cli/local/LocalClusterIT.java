package io.codis.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.codis.infra.json.Json;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** The program as it is built and shipped, run as a user runs it. */
class LocalClusterIT {

    private static final int KEYS = 500;
    private static final Duration LIMIT = Duration.ofSeconds(240);

    @TempDir
    private Path directory;

    private Path data = Path.of("");
    private List<Integer> ports = List.of();
    private int proxyPort;
    private String password = "a \"quoted\" password";

    private record Result(int exit, String out, String err) {}

    @BeforeEach
    void writeSpec() throws IOException {
        data = directory.resolve("data");
        ports = List.of(Ports.free(), Ports.free(), Ports.free(), Ports.free(), Ports.block(16));
        proxyPort = ports.get(1);
        writeSpec(2, proxyPort, "");
    }

    private void writeSpec(int servers, int port, String redisConf) throws IOException {
        Files.writeString(directory.resolve("cluster.yaml"), """
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata:
                  name: it
                spec:
                  dashboardSpec: {servicePort: %d}
                  proxySpec: {servicePort: %d, adminPort: %d, auth: '%s'}
                  feSpec: {servicePort: %d}
                  redisSpec:
                    replicas: %d
                    codisServerNumsPerGroup: 2
                    servicePort: %d
                    redisConf: {%s}
                """.formatted(
                        ports.get(0), port, ports.get(2), password, ports.get(3), servers, ports.get(4), redisConf));
    }

    @AfterEach
    void leaveNothing() throws Exception {
        codis("down", "--purge");
    }

    @Test
    void aClusterStartsScalesSwitchesOverIsKilledStoppedAndComesBackWithItsData() throws Exception {
        Result up =
                codis("up", "--detach", "-f", directory.resolve("cluster.yaml").toString());
        assertThat(up.exit()).as(up.err() + up.out()).isZero();
        assertThat(up.out())
                .contains("1024/1024 slots", "(in sync)", "Ready in ", "redis-cli -p " + proxyPort + " --askpass");
        write();

        Result second = codis("up", "--detach");
        assertThat(second.exit()).isEqualTo(1);
        assertThat(second.err()).contains("Busy: a cluster already runs in " + data);

        Result scaled = codis("scale", "--groups", "2");
        assertThat(scaled.exit()).as(scaled.err()).isZero();
        assertThat(scaled.err()).contains("create group 2", "spread the slots evenly over all groups");
        assertThat(status().groups())
                .extracting(ClusterStatus.GroupStatus::slots)
                .containsExactly(512, 512);
        readAll();

        String master = status().groups().getFirst().servers().getFirst().name();
        assertThat(codis("failover", "99").err()).contains("NotFound: there is no group 99; use one of 1, 2");
        Result promoted = codis("failover", "1");
        assertThat(promoted.exit()).as(promoted.err()).isZero();
        assertThat(status().groups().getFirst().servers().getFirst().name()).isNotEqualTo(master);
        readAll();

        String file = directory.resolve("cluster.yaml").toString();
        writeSpec(4, proxyPort + 100, "");
        Result refused = codis("apply", "-f", file);
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err())
                .contains("spec.proxySpec.servicePort = " + (proxyPort + 100) + ": it is " + proxyPort
                        + "; not changed while the cluster runs; codis down --data " + data
                        + ", then codis up -f FILE --data " + data);
        writeSpec(4, proxyPort, "maxmemroy: '1'");
        assertThat(codis("plan", "-f", file).err())
                .contains("spec.redisSpec.redisConf", "'maxmemroy 1': Bad directive");
        writeSpec(6, proxyPort, "");
        int next = ports.get(4) + 4;
        try (var taken = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
            assertThat(codis("plan", "-f", file).err())
                    .contains("PortInUse: port " + taken.getLocalPort() + " of server-3-1: held by pid ");
        }
        password = "another";
        writeSpec(4, proxyPort, "maxclients: '5000', appendfsync: 'no'");
        Result rolled = codis("apply", "-f", file);
        assertThat(rolled.exit()).as(rolled.err()).isZero();
        assertThat(rolled.err())
                .contains(
                        "restart the proxies one by one: spec.proxySpec.auth changes",
                        "restart the servers one by one, a master after a switchover: spec.redisSpec.redisConf.appendfsync"
                                + " = no, now the engine's default",
                        "set live at the servers, none is restarted: spec.redisSpec.redisConf.maxclients = 5000, now the"
                                + " engine's default",
                        "  1. restart server-1-",
                        "\n  restart proxy-1",
                        "restart server-1-1",
                        "make server-2-");
        for (ClusterStatus.GroupStatus group : status().groups()) {
            for (ClusterStatus.ServerStatus server : group.servers()) {
                assertThat(setting(server.address(), "maxclients")).isEqualTo("5000");
            }
        }
        readAll();

        ControlApi.Access access = ControlApi.access(new DataDirectory(data));
        ProcessHandle supervisor = ProcessHandle.of(access.pid()).orElseThrow();
        supervisor.destroyForcibly();
        supervisor.onExit().get(20, TimeUnit.SECONDS);
        assertThat(codis("status").err()).contains("NotReady");
        Result again = codis("up", "--detach");
        assertThat(again.exit()).as(again.err()).isZero();
        assertThat(again.err()).contains("continuing with " + data.resolve("spec.yaml"));
        readAll();

        List<ProcessHandle> children = children();
        assertThat(children).hasSizeGreaterThanOrEqualTo(8);
        Result down = codis("down");
        assertThat(down.exit()).as(down.err()).isZero();
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        Result after = codis("up", "--detach");
        assertThat(after.exit()).as(after.err()).isZero();
        assertThat(status().phase()).isEqualTo(ClusterStatus.Phase.READY);
        readAll();

        assertThat(codis("down", "--purge").exit()).isZero();
        assertThat(data).doesNotExist();
    }

    @Test
    void whatMavenHasBuiltIsNotBuiltAgain() throws Exception {
        Path maven = Files.writeString(directory.resolve("mvn"), "#!/bin/sh\nexit 1\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        var builder = new ProcessBuilder("sh", "../codis", "version")
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().merge("PATH", directory.toString(), (path, first) -> first + ":" + path);

        Result version = end(builder.start());

        assertThat(version.err()).isEmpty();
        assertThat(version.out()).startsWith("codis 4.");
    }

    @Test
    void aGroupWhoseServersCameBackEmptySaysHowAPersonDecidesAndGoesOnWhenOneDid() throws Exception {
        String file = directory.resolve("cluster.yaml").toString();
        assertThat(codis("up", "--detach", "-f", file).exit()).isZero();
        write();
        assertThat(codis("failover", "1", "--accept-loss").err())
                .contains("NotReady: group-[1] has a master that serves; nothing has to be given up");
        assertThat(codis("down").exit()).isZero();
        DataDirectory.delete(data.resolve("servers"));

        Process up = startInto("up-", "up");
        await("a supervisor").atMost(LIMIT).until(() -> Files.exists(new DataDirectory(data).control()));
        await("a person is asked")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(status().message())
                        .contains("group 1 has no master: [server-1-1, server-1-2] came back without the group's data")
                        .endsWith("codis failover 1 --accept-loss --data " + data));

        assertThat(codis("failover", "1", "--accept-loss", "server-1-2").out())
                .contains("group 1: server-1-2 is the master with 0 keys; what only others had is lost");
        await("ready")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(status().phase()).isEqualTo(ClusterStatus.Phase.READY));
        assertThat(up.isAlive()).isTrue();
    }

    @Test
    void theLastWordOfAClusterInTheForegroundIsThatItStopped() throws Exception {
        Process up = start("up", "-f", directory.resolve("cluster.yaml").toString());
        var control = new DataDirectory(data).control();
        await("the supervisor").atMost(LIMIT).until(() -> Files.exists(control) || !up.isAlive());

        up.destroy();

        Result ended = end(up);
        assertThat(ended.err().lines().toList()).last().isEqualTo("Stopped.");
        assertThat(control).doesNotExist();
    }

    /** What it waits for never comes: a replica whose files are damaged. */
    @Test
    void aClusterThatWaitsStopsAtOnceAndOneThatCannotBeReachedIsNotRemoved() throws Exception {
        Result up =
                codis("up", "--detach", "-f", directory.resolve("cluster.yaml").toString());
        assertThat(up.exit()).as(up.err() + up.out()).isZero();
        String replica = status().groups().getFirst().servers().get(1).name();
        var where = new DataDirectory(data);
        String control = Files.readString(where.control());
        Files.delete(where.control());
        Result unreachable = codis("down", "--purge");
        assertThat(unreachable.exit()).isEqualTo(1);
        assertThat(unreachable.err())
                .contains("Busy: a cluster runs in " + data + ", pid "
                        + Json.tree(control.getBytes(StandardCharsets.UTF_8)).path("pid"));
        Files.writeString(where.control(), control);
        assertThat(codis("down").exit()).isZero();
        try (var files = Files.walk(where.server(replica))) {
            for (Path file : files.filter(each -> each.toString().contains("appendonly"))
                    .filter(Files::isRegularFile)
                    .toList()) {
                Files.writeString(file, "damaged");
            }
        }
        start("up");
        await("the wait")
                .atMost(LIMIT)
                .until(() -> Files.exists(where.control()) && status().message().contains("in sync"));

        long begun = System.nanoTime();
        Result down = codis("down");

        assertThat(down.exit()).as(down.err()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
        assertThat(where.control()).doesNotExist();
    }

    private void write() {
        try (Jedis client = client()) {
            for (int key = 0; key < KEYS; key++) {
                client.set("key-" + key, "value-" + key);
            }
        }
    }

    private void readAll() {
        try (Jedis client = client()) {
            for (int key = 0; key < KEYS; key++) {
                assertThat(client.get("key-" + key)).isEqualTo("value-" + key);
            }
        }
    }

    private Jedis client() {
        var client = new Jedis("127.0.0.1", proxyPort, 20_000);
        client.auth(password);
        return client;
    }

    /** As the engine's launcher. */
    private String setting(String address, String name) {
        String secret = ClusterSecret.load(data.resolve("secret")).derive("launcher-" + address);
        try (var engine = new Jedis("127.0.0.1", Integer.parseInt(address.replaceAll(".*:", "")))) {
            engine.auth("launcher", secret);
            return engine.configGet(name).get(name);
        }
    }

    private ClusterStatus status() throws Exception {
        Result result = codis("status", "-o", "json");
        return Json.read(result.out(), ClusterStatus.class);
    }

    private List<ProcessHandle> children() throws Exception {
        return status().processes().stream()
                .map(process -> ProcessHandle.of(process.pid()))
                .flatMap(java.util.Optional::stream)
                .toList();
    }

    private Result codis(String... arguments) throws Exception {
        return end(start(arguments));
    }

    private Process start(String... arguments) throws IOException {
        return startInto("", arguments);
    }

    /** @param file before the names of the files of its output, for one that goes on while others run */
    private Process startInto(String file, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        String program = System.getProperty("codis.bin", "");
        command.addAll(program.isEmpty() ? List.of("sh", "target/dist/bin/codis") : List.of(program));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", data.toString()));
        var builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve(file + "out").toFile())
                .redirectError(directory.resolve(file + "err").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private Result end(Process process) throws Exception {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(process.info().commandLine() + " did not end; it said " + Files.readString(err));
        }
        return new Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /** Four for the parts, and one from which sixteen are free, with those of the launchers above. */
}
