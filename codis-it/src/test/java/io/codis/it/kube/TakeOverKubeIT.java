package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import io.codis.it.cluster.Busy;
import io.codis.testkit.Seed;
import io.codis.testkit.data.Dataset;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two dashboards, as every cluster has them: whatever becomes of the one that leads, the other goes on with what it did. */
class TakeOverKubeIT {

    private static final String SHOP = "shop";
    private static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: shop}
            spec:
              dashboardSpec:
                serviceType: NodePort
                codisDashboardResources: {requests: {cpu: 50m, memory: 64Mi}}
                podTemplate:
                  spec:
                    containers:
                    - name: codis-dashboard
                      env: [{name: CODIS_OPTS, value: -XX:+SuppressFatalErrorMessage}]
              feSpec: {replicas: 0}
              haSpec: {replicas: 0}
              proxySpec:
                serviceType: NodePort
                codisProxyResources: {requests: {cpu: 50m, memory: 64Mi}}
              redisSpec:
                replicas: 4
                codisServerNumsPerGroup: 2
                codisServerResources: {requests: {cpu: 50m, memory: 64Mi}}
                storageResources: {requests: {storage: 1Gi}}
            """;

    private static final int KEYS = 5000;
    /** What clients may notice of a process that dies, milliseconds: slots that it was locking wait for the next leader. */
    private static final long NOTICED = 5000;

    private static final long TAKE_OVER = 5000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final long seed = Seed.next();
    private final ApiClient client = ApiClient.create(Duration.ofSeconds(2));

    @Test
    void safetyRule14MovesGoOnWhenTheLeadingDashboardCrashesAndWhenItsPodIsDeleted() throws IOException {
        try (client;
                KubeCluster kube = KubeCluster.open("codis-take-over")) {
            kube.apply(SPEC);
            kube.await(SHOP, KubeCluster::ready);
            kube.keepingLogs("take-over", () -> underLoad(kube));
        }
    }

    private void underLoad(KubeCluster kube) {
        assertThat(dashboards(kube))
                .hasSize(2)
                .extracting(pod -> pod.getSpec().getNodeName())
                .doesNotHaveDuplicates();
        Dataset data = Dataset.of(seed, KEYS);
        data.load(kube.endpoints(SHOP, "proxy"));
        UnderLoad load = new UnderLoad(kube, SHOP, new Random(seed));
        load.run(
                "the leading dashboard crashes, nothing moves",
                NOTICED,
                () -> takeOver(kube, "idle", TakeOverKubeIT::crash));
        load.run("the leading dashboard crashes while slots move", NOTICED, () -> {
            move(kube, 1, 2);
            takeOver(kube, "slots move", TakeOverKubeIT::crash);
            moveOn(kube);
        });
        load.run("the leading dashboard's pod is deleted while slots move", NOTICED, () -> {
            move(kube, 2, 1);
            takeOver(kube, "deleted, slots move", KubeCluster::deletePod);
            moveOn(kube);
        });
        data.requireIntact(kube.endpoints(SHOP, "proxy"));
        assertThat(dashboards(kube)).hasSize(2);
        assertThat(kube.cluster(SHOP).orElseThrow().getStatus().summary().groups())
                .isEqualTo("2/2");
    }

    private interface Blow {
        void strike(KubeCluster kube, String pod);
    }

    /**
     * Nothing is given back, as with a SIGKILL, which the first process of a container cannot be sent from inside. A moment
     * later, since whoever asks for it is in the container, too.
     */
    private static void crash(KubeCluster kube, String pod) {
        kube.exec(pod, "codis-dashboard", "sh", "-c", "(sleep 0.3; kill -SEGV 1) >/dev/null 2>&1 &");
    }

    private void takeOver(KubeCluster kube, String when, Blow blow) {
        JsonNode before = overview(kube);
        long epoch = epoch(before);
        String leader = pod(kube, before);
        blow.strike(kube, leader);
        long struck = System.nanoTime();
        Awaitility.await("another leader")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreException(CodisException.class)
                .until(() -> epoch(overview(kube)) > epoch);
        long millis = (System.nanoTime() - struck) / 1_000_000;
        String heir = pod(kube, overview(kube));
        System.out.println("figure: take-over, " + when + ": " + millis + " ms, by "
                + (heir.equals(leader) ? "the same pod" : "the other pod"));
        assertThat(millis).isLessThan(Busy.allowed(TAKE_OVER));
    }

    /** Begins, slowly, and waits until keys are on both sides. */
    private void move(KubeCluster kube, int from, int to) {
        change(kube, "interval", "300000");
        change(kube, "create-some", from + "/" + to + "/300");
        Awaitility.await("keys are on both sides")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreException(CodisException.class)
                .until(() -> overview(kube)
                                .at("/stats/slot_action/moves/0/keys_moved")
                                .asLong()
                        > 0);
    }

    private void moveOn(KubeCluster kube) {
        assertThat(overview(kube).at("/stats/slot_action/interval").asInt())
                .as("what people have turned goes on")
                .isEqualTo(300_000);
        change(kube, "interval", "0");
    }

    private void change(KubeCluster kube, String what, String rest) {
        client.put(url(kube, "/api/topom/slots/action/" + what + "/" + Xauth.ofDashboard(SHOP) + "/" + rest));
    }

    private JsonNode overview(KubeCluster kube) {
        return Json.tree(client.getBytes(url(kube, "/topom")));
    }

    private static long epoch(JsonNode overview) {
        return overview.at("/stats/leader/epoch").asLong();
    }

    private static String pod(KubeCluster kube, JsonNode overview) {
        String address = overview.at("/model/admin_addr").asText();
        return dashboards(kube).stream()
                .filter(pod -> address.startsWith(pod.getStatus().getPodIP() + ":"))
                .map(pod -> pod.getMetadata().getName())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no dashboard has the address " + address));
    }

    private static List<Pod> dashboards(KubeCluster kube) {
        return kube.podsOf(SHOP).stream()
                .filter(pod -> kube.pods("dashboard").contains(pod.getMetadata().getName()))
                .toList();
    }

    private static String url(KubeCluster kube, String path) {
        return "http://" + kube.endpoints(SHOP, "dashboard").getFirst() + path;
    }
}
