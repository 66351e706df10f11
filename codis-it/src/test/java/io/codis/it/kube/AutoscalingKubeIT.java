package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Proxies come and go with real CPU load, by Kubernetes's own autoscaler; nothing is lost and nobody fights it. */
class AutoscalingKubeIT {

    private static final String NAME = "elastic";
    private static final int CLIENTS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: elastic}
            spec:
              feSpec: {replicas: 0}
              proxySpec:
                serviceType: NodePort
                PROXIES
                codisProxyResources: {requests: {cpu: 100m, memory: 64Mi}}
              redisSpec:
                replicas: 2
                codisServerNumsPerGroup: 2
                codisServerResources: {requests: {cpu: 50m, memory: 64Mi}}
            """;
    private static final String AUTOSCALED = """
            autoscaling:
                  minReplicas: 1
                  maxReplicas: 3
                  targetCPUUtilizationPercentage: 80
                  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
            """.strip();

    @Test
    void proxiesComeWithLoadAndGoWithoutIt() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-elastic")) {
            Assumptions.assumeTrue(
                    kube.client().getApiResources("metrics.k8s.io/v1beta1") != null, "needs a metrics-server");
            kube.keepingLogs("elastic", () -> {
                kube.apply(SPEC.replace("PROXIES", AUTOSCALED));
                kube.await(NAME, KubeCluster::ready);
                assertThat(replicas(kube)).isEqualTo(1);

                new UnderLoad(kube, NAME, new Random(5)).run("proxies 1 to 3 and back, by load", 1000, () -> {
                    long start = System.currentTimeMillis();
                    try (var load = new Load(kube.endpoints(NAME, "proxy").getFirst())) {
                        await(kube, 3);
                        kube.await(
                                NAME,
                                cluster -> KubeCluster.ready(cluster)
                                        && "3/3"
                                                .equals(cluster.getStatus()
                                                        .summary()
                                                        .proxies()));
                        System.out.println("three proxies after " + (System.currentTimeMillis() - start) + " ms of "
                                + load.clients() + " busy clients");
                    }
                    await(kube, 1);
                });

                kube.apply(SPEC.replace("PROXIES", "replicas: 2"));
                kube.await(NAME, KubeCluster::ready);
                await(kube, 2);
                assertThat(autoscalers(kube)).isZero();

                kube.apply(SPEC.replace("PROXIES", AUTOSCALED.replace("minReplicas: 1", "minReplicas: 2")));
                Awaitility.await("an autoscaler").atMost(PATIENCE).until(() -> autoscalers(kube) == 1);
                kube.await(NAME, KubeCluster::ready);
                assertThat(replicas(kube)).as("the number that it had").isBetween(2, 3);
            });
        }
    }

    private static int replicas(KubeCluster kube) {
        return kube.client()
                .apps()
                .deployments()
                .inNamespace(kube.namespace())
                .withName(NAME + "-codis-proxy-deployment")
                .get()
                .getSpec()
                .getReplicas();
    }

    private static int autoscalers(KubeCluster kube) {
        return kube.client()
                .autoscaling()
                .v2()
                .horizontalPodAutoscalers()
                .inNamespace(kube.namespace())
                .list()
                .getItems()
                .size();
    }

    private static void await(KubeCluster kube, int proxies) {
        Awaitility.await(proxies + " proxies").atMost(PATIENCE).until(() -> replicas(kube) == proxies);
    }

    /** Clients that ask as fast as they are answered. */
    private static final class Load implements AutoCloseable {

        private final AtomicBoolean stopped = new AtomicBoolean();
        private final List<Thread> clients;

        Load(String endpoint) {
            clients = IntStream.range(0, CLIENTS)
                    .mapToObj(each -> Thread.ofPlatform().start(() -> ask(endpoint)))
                    .toList();
        }

        int clients() {
            return clients.size();
        }

        private void ask(String endpoint) {
            while (!stopped.get()) {
                try (RespConnection client = RespConnection.open(endpoint, Duration.ofSeconds(5))) {
                    while (!stopped.get()) {
                        client.call("GET", "nothing");
                    }
                } catch (IOException goesWithItsProxy) {
                    Thread.onSpinWait();
                }
            }
        }

        @Override
        public void close() {
            stopped.set(true);
            for (Thread client : clients) {
                try {
                    client.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
