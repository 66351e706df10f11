package io.codis.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.local.DataDirectory;
import io.codis.cli.output.Output;
import io.codis.core.slot.SlotHash;
import io.codis.core.topology.GroupCommand;
import io.codis.core.topology.SlotCommand;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.infra.coordinator.FileCoordinator;
import io.codis.infra.json.Json;
import io.codis.testkit.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While nothing runs, commands change what the next {@code codis up} starts. */
class StoredClusterTest {

    @TempDir
    private Path directory;

    private DataDirectory data = new DataDirectory(Path.of("unset"));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    /** A plan looks whether they are free. */
    private final int port = Ports.block(40);

    @BeforeEach
    void apply() throws IOException {
        data = new DataDirectory(directory.resolve("data"));
        assertThat(run("apply", "-f", spec(""))).isZero();
        assertThat(err()).contains("start dashboard", "create group 2", "spread the slots evenly over all groups");
        assertThat(err()).startsWith("No cluster runs; the next codis up does this:\n  1. start dashboard\n");
        assertThat(out()).isEqualTo("Stored in " + data.spec() + ".\n");
        out.reset();
        err.reset();
    }

    @Test
    void scaleShowsTheStepsAndStoresTheNumbers() {
        assertThat(run("scale", "--groups", "3", "--proxies", "2", "-o", "json"))
                .isZero();

        assertThat(err()).isEmpty();
        assertThat(out())
                .contains(
                        "\"stored\"",
                        data.spec().toString(),
                        "\"create group 3\"",
                        "\"start proxy-2\"",
                        "\"spread the slots evenly over all groups\"");
        var stored = data.storedSpec().orElseThrow();
        assertThat(stored.redis().groups()).isEqualTo(3);
        assertThat(stored.proxy().replicas()).isEqualTo(2);
    }

    @Test
    void thePlanGoesByTheGroupsThatThereAreAndNotByWhatWasStored() throws IOException {
        groupsOfTwo(2);
        assertThat(run("scale", "--groups", "3")).isZero();
        err.reset();

        assertThat(run("plan")).isZero();
        assertThat(out())
                .contains("No cluster runs; the next codis up does this:\n")
                .containsSubsequence("start server-1-1", "start server-3-1", "start proxy-1", "create group 3")
                .doesNotContain("create group 2");
        assertThat(run("scale", "--groups", "2")).isZero();
        assertThat(err())
                .contains("start server-2-2")
                .doesNotContain("group 3", "server-3-1", "slots away", "spread the slots");
    }

    @Test
    void withoutTheDashboardsStoreNothingIsSaidOfGroupsThatTheServersMayHave() throws IOException {
        groupsOfTwo(2);
        Files.move(data.coordinator(), directory.resolve("lost"));

        assertThat(run("plan")).isZero();
        assertThat(out())
                .contains("start server-2-2", "wait until the dashboard leads")
                .doesNotContain("create group");
    }

    @Test
    void fewerGroupsAreDrainedBeforeTheyGo() throws IOException {
        groupsOfTwo(2);
        assertThat(run("scale", "--groups", "1")).isZero();

        assertThat(err())
                .containsSubsequence("move all 512 slots away from group 2", "holds no key", "remove group 2")
                .doesNotContain("create group");
    }

    @Test
    void whatProcessesReadWhenTheyStartIsNamedWithOldAndNewValue() throws IOException {
        String file = spec("""
                    redisConf: {maxclients: "500"}
                    codisServerResources: {limits: {memory: 1Gi}}
                """);
        String changed = Files.readString(Path.of(file))
                .replace("dashboardSpec: {servicePort: " + port, "dashboardSpec: {servicePort: " + (port + 20))
                .replace(
                        "proxySpec: {servicePort: " + (port + 1),
                        "proxySpec: {auth: secret, servicePort: " + (port + 21));
        Files.writeString(Path.of(file), changed);

        assertThat(run("plan", "-f", file, "-o", "json")).isZero();
        assertThat(out()).doesNotContain("secret\"");
        assertThat(data.storedSpec().orElseThrow().proxy().auth()).isEmpty();
        assertThat(run("apply", "-f", file)).isZero();

        assertThat(err())
                .contains(
                        "at the start: spec.dashboardSpec.servicePort = " + (port + 20) + ", now " + port,
                        "at the start: spec.proxySpec.servicePort = " + (port + 21) + ", now " + (port + 1),
                        "at the start: spec.proxySpec.auth changes",
                        "at the start: spec.redisSpec.redisConf.maxclients = 500, now the engine's default",
                        "at the start: spec.redisSpec.codisServerResources.limits.memory (maxmemory) = 805306350, now the"
                                + " engine's default");
        assertThat(data.storedSpec().orElseThrow().proxy().auth()).contains("secret");
    }

    @Test
    void anotherProductIsRefusedAndNothingStored() throws IOException {
        String file = spec("  productName: other\n");

        assertThat(run("apply", "-f", file)).isEqualTo(RootCommand.BAD_INPUT);

        assertThat(err())
                .contains("spec.productName = other: this data directory holds test; use another with --data, or codis"
                        + " down --purge --data " + data.root());
        assertThat(data.storedSpec().orElseThrow().productName()).isEqualTo("test");
    }

    @Test
    void thePlanOfWhatIsStoredIsToMakeIt() {
        assertThat(run("plan")).isZero();
        assertThat(out())
                .startsWith("No cluster runs; the next codis up does this:\n  1. start dashboard\n")
                .contains("create group 1", "create group 2");
    }

    /** As the dashboard and the supervisor of a cluster leave it behind, all slots dealt out. */
    private void groupsOfTwo(int groups) throws IOException {
        Topology topology = Topology.empty("test", "c0ffee");
        var ports = new TreeMap<String, Integer>();
        var owners = new TreeMap<Integer, Integer>();
        for (int group = 1; group <= groups; group++) {
            topology = topology.apply(new GroupCommand.CreateGroup(group));
            for (int member = 1; member <= 2; member++) {
                int serverPort = port + 8 + 2 * group + member;
                String name = "server-" + group + "-" + member;
                ports.put(name, serverPort);
                Files.createDirectories(data.server(name));
                topology = topology.apply(new GroupCommand.AddServer(group, "127.0.0.1:" + serverPort, ""));
            }
        }
        for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
            owners.put(slot, slot % groups + 1);
        }
        topology = topology.apply(new SlotCommand.AssignSlots(owners));
        data.write(data.layout(), Json.pretty(ports));
        try (var coordinator = FileCoordinator.open(data.coordinator())) {
            coordinator.create("/codis3/test/cluster", Json.write(TopologyDocument.of(topology)));
        }
    }

    /** Two groups on ports of this test; {@code more} is of redisSpec, the last field. */
    private String spec(String more) throws IOException {
        return Files.writeString(
                        directory.resolve("spec.yaml"),
                        """
                        apiVersion: k8s.infra.cn/v1
                        kind: CodisCluster
                        metadata: {name: test}
                        spec:
                          dashboardSpec: {servicePort: %d}
                          proxySpec: {servicePort: %d, adminPort: %d}
                          feSpec: {servicePort: %d}
                          redisSpec:
                            replicas: 4
                            servicePort: %d
                        """.formatted(port, port + 1, port + 4, port + 8, port + 10) + more)
                .toString();
    }

    private int run(String... arguments) {
        var output = new Output(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data.root().toString()));
        return RootCommand.run(output, all.toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
