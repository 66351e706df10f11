package io.codis.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.local.DataDirectory;
import io.codis.cli.output.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @BeforeEach
    void apply() throws IOException {
        data = new DataDirectory(directory.resolve("data"));
        assertThat(run("apply", "-f", spec("  redisSpec: {replicas: 4}\n"))).isZero();
        assertThat(err()).contains("start dashboard", "create group 2", "spread the slots evenly over all groups");
        assertThat(out()).isEqualTo("No cluster runs; stored in " + data.spec() + ". The next codis up does it.\n");
        out.reset();
        err.reset();
    }

    @Test
    void scaleShowsTheStepsAndStoresTheNumbers() {
        assertThat(run("scale", "--groups", "3", "--proxies", "2", "-o", "json"))
                .isZero();

        assertThat(err()).contains("create group 3", "start proxy-2", "spread the slots evenly over all groups");
        assertThat(out()).contains("\"stored\"", data.spec().toString(), "\"create group 3\"");
        var stored = data.storedSpec().orElseThrow();
        assertThat(stored.redis().groups()).isEqualTo(3);
        assertThat(stored.proxy().replicas()).isEqualTo(2);
    }

    @Test
    void fewerGroupsAreDrainedBeforeTheyGo() {
        assertThat(run("scale", "--groups", "1")).isZero();

        assertThat(err())
                .containsSubsequence(
                        "move all slots away from group 2 (512 to group 1)", "holds no key", "remove group 2")
                .doesNotContain("create group");
    }

    @Test
    void whatProcessesReadWhenTheyStartIsNamedWithOldAndNewValue() throws IOException {
        String file = spec("""
                  dashboardSpec: {servicePort: 18090}
                  proxySpec: {servicePort: 19500, auth: secret}
                  redisSpec:
                    replicas: 4
                    redisConf: {maxclients: "500"}
                    codisServerResources: {limits: {memory: 1Gi}}
                """);

        assertThat(run("plan", "-f", file, "-o", "json")).isZero();
        assertThat(out()).doesNotContain("secret\"");
        assertThat(data.storedSpec().orElseThrow().proxy().auth()).isEmpty();
        assertThat(run("apply", "-f", file)).isZero();

        assertThat(err())
                .contains(
                        "at the start: spec.dashboardSpec.servicePort = 18090, now 18080",
                        "at the start: spec.proxySpec.servicePort = 19500, now 19000",
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
                        + " down --purge");
        assertThat(data.storedSpec().orElseThrow().productName()).isEqualTo("test");
    }

    @Test
    void thePlanOfWhatIsStoredIsEmpty() {
        assertThat(run("plan")).isZero();
        assertThat(out()).startsWith("Nothing to do");
    }

    private String spec(String spec) throws IOException {
        return Files.writeString(
                        directory.resolve("spec.yaml"),
                        "apiVersion: k8s.infra.cn/v1\nkind: CodisCluster\nmetadata: {name: test}\nspec:\n" + spec)
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
