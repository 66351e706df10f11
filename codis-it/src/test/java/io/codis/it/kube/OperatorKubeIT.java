package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.codis.operator.api.CodisCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OperatorKubeIT {

    private static final String SERVER = "minimal-codis-server-statefulset-0";
    private static final String CLIENT = "valkey-cli -h minimal-codis-proxy-service -p 19000";
    private static final int KEYS = 500;

    @Test
    void aMinimalClusterBecomesReadyAndServesThroughItsProxies() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-thread")) {
            kube.apply(Files.readString(Path.of("../examples/minimal.yaml")));

            CodisCluster ready = kube.await("minimal", KubeCluster::ready);

            assertThat(ready.getStatus().summary().slots()).isEqualTo("1024/1024");
            assertThat(ready.getStatus().summary().servers()).isEqualTo("2/2");
            assertThat(redis(kube, "SET", "hello", "world")).isEqualTo("OK");
            assertThat(redis(kube, "GET", "hello")).isEqualTo("world");
        }
    }

    @Test
    void groupsComeAndGoAndNoKeyIsLost() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-scale")) {
            kube.apply(Files.readString(Path.of("../examples/minimal.yaml")));
            kube.await("minimal", KubeCluster::ready);
            shell(kube, "for i in $(seq 1 " + KEYS + "); do echo SET key$i value$i; done | " + CLIENT);

            kube.scale("minimal", 4);
            kube.await(
                    "minimal",
                    cluster -> KubeCluster.ready(cluster)
                            && "2/2".equals(cluster.getStatus().summary().groups()));
            assertThat(keysThere(kube)).isEqualTo(KEYS);

            kube.scale("minimal", 2);
            kube.await(
                    "minimal",
                    cluster -> KubeCluster.ready(cluster)
                            && "1/1".equals(cluster.getStatus().summary().groups()));
            assertThat(keysThere(kube)).isEqualTo(KEYS);
            assertThat(kube.pods("server")).hasSize(2);
            assertThat(kube.events("minimal"))
                    .as("each action once")
                    .filteredOn(event -> event.contains(" DiscardServer "))
                    .containsExactlyInAnyOrder(
                            "Normal DiscardServer stop minimal-codis-server-statefulset-g2-0 and remove its data",
                            "Normal DiscardServer stop minimal-codis-server-statefulset-g2-1 and remove its data");
        }
    }

    @Test
    void theApiServerRefusesWhatCannotWorkAndSaysWhatToDo() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-invalid");
                Stream<Path> examples = Files.list(Path.of("../examples/invalid"))) {
            for (Path example : examples.sorted().toList()) {
                String text = Files.readString(example);
                if (text.startsWith("# refused by: api")) {
                    String expected = text.lines().toList().get(1).replace("# expected: ", "");
                    assertThatThrownBy(() -> kube.create(text))
                            .as(example.getFileName().toString())
                            .hasMessageContaining(expected);
                }
            }
        }
    }

    private static int keysThere(KubeCluster kube) {
        return Integer.parseInt(shell(
                kube, "for i in $(seq 1 " + KEYS + "); do echo GET key$i; done | " + CLIENT + " | grep -c value"));
    }

    private static String shell(KubeCluster kube, String line) {
        return kube.exec(SERVER, "codis-server", "sh", "-c", line);
    }

    private static String redis(KubeCluster kube, String... command) {
        String[] line = new String[5 + command.length];
        String[] client = {"valkey-cli", "-h", "minimal-codis-proxy-service", "-p", "19000"};
        System.arraycopy(client, 0, line, 0, client.length);
        System.arraycopy(command, 0, line, client.length, command.length);
        return kube.exec(SERVER, "codis-server", line);
    }
}
