package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.cli.command.RootCommand;
import io.codis.cli.output.Output;
import io.codis.infra.json.Json;
import io.codis.operator.api.CodisCluster;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code codis --context}: a cluster of Kubernetes from the outside. */
class ContextKubeIT {

    private static final String FIRST = "minimal-codis-server-statefulset-0";
    private static final String SECOND = "minimal-codis-server-statefulset-1";

    @TempDir
    private Path directory;

    /** What a command printed, answers and errors. */
    record Said(int exitCode, String text) {}

    @Test
    void aClusterIsLookedAtPlannedAndSwitchedOverFromOutside() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-context")) {
            String minimal = Files.readString(Path.of("../examples/minimal.yaml"));
            kube.apply(minimal);
            kube.await("minimal", KubeCluster::ready);

            Said status = codis(kube, "status");
            assertThat(status.text())
                    .contains("minimal  Ready", FIRST, "in sync", "1024 assigned, 0 moving, 0 offline");
            assertThat(status.exitCode()).isZero();
            assertThat(codis(kube, "plan").text()).contains("Nothing to do");

            assertThat(plan(kube, minimal.replace("replicas: 2", "replicas: 4")).text())
                    .contains(
                            "start minimal-codis-server-statefulset-g2-0",
                            "create group 2",
                            "spread the slots evenly",
                            "Verdict: no acknowledged write is lost");
            assertThat(plan(kube, minimal + "    redisConf: {appendfsync: always}\n")
                            .text())
                    .contains("restart " + FIRST, "restart " + SECOND, "2 servers are restarted one after another")
                    .doesNotContain("set live");
            assertThat(plan(kube, minimal.replace("replicas: 2", "replicas: 3")).text())
                    .contains("spec.redisSpec.replicas (line 8) = 3: not a multiple of codisServerNumsPerGroup (2)");
            assertWhatOnlyTheOperatorRefuses(kube, minimal);
            assertThat(kube.pods("server")).as("a plan changes nothing").hasSize(2);

            assertThat(codis(kube, "failover", "99").text()).contains("there is no group 99; use one of 1");
            assertThat(codis(kube, "failover", "1").text()).contains("group 1: " + SECOND + " is the master");
            assertThat(codis(kube, "rebalance").text()).contains("Nothing to do");
            assertThat(codis(kube, "status", "--cluster", "other").text())
                    .contains("there is no CodisCluster other", "use --cluster with one of minimal");
        }
    }

    /** Decision 33: the operator's notes are on objects that are not those with the settings. */
    @Test
    void aPlanSaysWhichSettingsRestartNobody() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-plan-live")) {
            String set = "set live at the servers, for which none is restarted: hz = ";
            String minimal = Files.readString(Path.of("../examples/minimal.yaml"));
            String hz = minimal + "    redisConf: {hz: \"HZ\"}\n";
            kube.apply(hz.replace("HZ", "20"));
            kube.await("minimal", KubeCluster::ready);

            assertThat(plan(kube, hz.replace("HZ", "20")).text()).contains("Nothing to do");
            assertThat(plan(kube, hz.replace("HZ", "30")).text())
                    .contains(set + "30, now 20", "nothing moves or restarts")
                    .doesNotContain("restart " + FIRST);
            assertThat(plan(kube, hz.replace("\"HZ\"", "\"30\", appendfsync: always"))
                            .text())
                    .contains(set + "30, now 20", "restart " + FIRST, "2 servers are restarted one after another");
            kube.edit("minimal", "{\"spec\":{\"redisSpec\":{\"redisConf\":null}}}");
            kube.await("minimal", KubeCluster::ready);
            assertThat(codis(kube, "plan").text()).contains("Nothing to do");
            assertThat(plan(kube, hz.replace("HZ", "20")).text()).contains(set + "20, now the engine's default");
        }
    }

    private void assertWhatOnlyTheOperatorRefuses(KubeCluster kube, String minimal) throws IOException {
        Said volumes = plan(kube, minimal + "    storageResources: {requests: {storage: 1Gi}}\n");
        assertThat(volumes.text()).contains("servers that are there have no volumes and get none");
        assertThat(volumes.exitCode()).isEqualTo(2);
        assertThat(plan(
                                kube,
                                minimal.replace("name: minimal", "name: other")
                                        .replace("spec:\n  redisSpec", "spec:\n  productName: minimal\n  redisSpec"))
                        .text())
                .contains("spec.productName = minimal: the cluster " + kube.namespace() + "/minimal has this product");
        int taken = nodePort(kube);
        assertThat(plan(
                                kube,
                                minimal.replace(
                                        "spec:\n",
                                        "spec:\n  proxySpec: {serviceType: NodePort, servicePort: " + taken + "}\n"))
                        .text())
                .contains("spec.proxySpec.servicePort = " + taken + ": another Service has this port of the nodes");
    }

    /** Of a Service of somebody else. */
    private static int nodePort(KubeCluster kube) {
        return kube.client()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("other")
                        .withNamespace(kube.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withType("NodePort")
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create()
                .getSpec()
                .getPorts()
                .getFirst()
                .getNodePort();
    }

    @Test
    void aPlanMergesAsKubectlApplyDoes() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-merge")) {
            String minimal = Files.readString(Path.of("../examples/minimal.yaml"));
            String changed = minimal + "    redisConf: {appendfsync: always}\n";
            kube.apply(changed);
            kube.await("minimal", KubeCluster::ready);
            assertThat(plan(kube, minimal).text())
                    .as("nobody has noted that a file set it")
                    .contains("Nothing to do");

            String note = Json.pretty(Map.of(
                    "metadata",
                    Map.of(
                            "annotations",
                            Map.of(
                                    "kubectl.kubernetes.io/last-applied-configuration",
                                    Serialization.asJson(
                                            Serialization.<CodisCluster>unmarshal(changed, CodisCluster.class))))));
            kube.edit("minimal", note);
            assertThat(plan(kube, minimal).text()).contains("2 servers are restarted one after another");
            assertThat(plan(kube, changed).text()).contains("Nothing to do");
        }
    }

    private Said plan(KubeCluster kube, String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("changed.yaml"), yaml);
        return codis(kube, "plan", "-f", file.toString());
    }

    static Said codis(KubeCluster kube, String... arguments) {
        var said = new ByteArrayOutputStream();
        var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        String context = Config.autoConfigure(null).getCurrentContext().getName();
        List<String> line = new ArrayList<>(List.of("--context", context, "-n", kube.namespace()));
        line.addAll(List.of(arguments));
        int exitCode = RootCommand.run(new Output(stream, stream, false), line.toArray(String[]::new));
        return new Said(exitCode, said.toString(StandardCharsets.UTF_8));
    }
}
