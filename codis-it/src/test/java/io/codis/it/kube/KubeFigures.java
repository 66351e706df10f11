package io.codis.it.kube;

import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What the operator costs when nothing happens: {@code -Dit.test=KubeFigures}; see docs/benchmarks.md. */
class KubeFigures {

    private static final Duration QUIET = Duration.ofSeconds(60);
    private static final int CLUSTERS = Integer.getInteger("kube.clusters", 20);

    /** One server and one proxy. */
    private static final String SMALL = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: NAME}
            spec:
              feSpec: {replicas: 0}
              haSpec: {replicas: 0}
              proxySpec: {replicas: 1}
              redisSpec: {replicas: 1, codisServerNumsPerGroup: 1}
            """;

    /** Of the operator, since it was started. */
    private record Counted(double passes, double requests, double writes, double cpuSeconds, double residentBytes) {}

    @Test
    void theOperatorAtRest() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-figures")) {
            kube.operators(1);
            measure(kube, "no cluster");
            kube.apply(Files.readString(Path.of("../examples/minimal.yaml")));
            kube.await("minimal", KubeCluster::ready);
            measure(kube, "examples/minimal.yaml");
            long begun = System.nanoTime();
            for (int i = 1; i < CLUSTERS; i++) {
                kube.apply(SMALL.replace("NAME", "small-" + i));
                kube.await("small-" + i, KubeCluster::ready);
            }
            System.out.printf(
                    "figure: %d clusters more, one after another, Ready after %d s%n",
                    CLUSTERS - 1, Duration.ofNanos(System.nanoTime() - begun).toSeconds());
            measure(kube, CLUSTERS + " clusters");
        }
    }

    private static void measure(KubeCluster kube, String what) {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(30));
        Counted before = counted(kube);
        LockSupport.parkNanos(QUIET.toNanos());
        Counted after = counted(kube);
        System.out.printf(
                "figure: %s, %d s at rest: %.0f passes, %.0f requests to the API server, of them %.0f writes,"
                        + " %.1f millicores, %.0f MiB resident%n",
                what,
                QUIET.toSeconds(),
                after.passes() - before.passes(),
                after.requests() - before.requests(),
                after.writes() - before.writes(),
                (after.cpuSeconds() - before.cpuSeconds()) / QUIET.toSeconds() * 1000,
                after.residentBytes() / 1024 / 1024);
    }

    private static Counted counted(KubeCluster kube) {
        Pod operator = kube
                .client()
                .pods()
                .inNamespace(kube.namespace())
                .withLabel("app.kubernetes.io/name", ObjectNames.OPERATOR)
                .list()
                .getItems()
                .stream()
                .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .findFirst()
                .orElseThrow();
        String metrics = kube.client()
                .raw("/api/v1/namespaces/" + kube.namespace() + "/pods/http:"
                        + operator.getMetadata().getName() + ":8080/proxy/metrics");
        double requests = sum(metrics, "rest_client_requests_total", "");
        return new Counted(
                sum(metrics, "controller_runtime_reconcile_total", ""),
                requests,
                requests - sum(metrics, "rest_client_requests_total", "method=\"GET\""),
                sum(metrics, "process_cpu_seconds_total", ""),
                sum(metrics, "process_resident_memory_bytes", ""));
    }

    private static double sum(String metrics, String name, String label) {
        return metrics.lines()
                .filter(line -> line.matches(name + "[{ ].*") && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
