package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Dashboards that cannot renew the lease, nor take it. */
class LeaseKubeIT {

    private static final String SERVER = "minimal-codis-server-statefulset-0";
    private static final String CLIENT = "valkey-cli -h minimal-codis-proxy-service -p 19000";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void safetyRule21DashboardsThatTheApiServerRefusedForAWhileLeadAgainAndNothingWasStartedAnew() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-lease")) {
            kube.apply(Files.readString(Path.of("../examples/minimal.yaml")));
            kube.await("minimal", KubeCluster::ready);
            kube.operators(0); // it would give the right back at once
            RoleBinding right = kube.client()
                    .rbac()
                    .roleBindings()
                    .inNamespace(kube.namespace())
                    .withName("minimal-codis-dashboard")
                    .get();

            kube.client().resource(right).delete();
            awaitDashboards(kube, false);
            assertThat(kube.exec(SERVER, "codis-server", "sh", "-c", CLIENT + " SET there value"))
                    .isEqualTo("OK");
            kube.client()
                    .resource(new RoleBindingBuilder(right)
                            .withMetadata(new ObjectMetaBuilder()
                                    .withName(right.getMetadata().getName())
                                    .withNamespace(kube.namespace())
                                    .withLabels(right.getMetadata().getLabels())
                                    .withOwnerReferences(right.getMetadata().getOwnerReferences())
                                    .build())
                            .build())
                    .create();
            awaitDashboards(kube, true);
            assertThat(dashboards(kube))
                    .anySatisfy(pod -> assertThat(log(kube, pod)).contains("without an answer of the coordinator"));

            kube.operators(1);
            kube.scale("minimal", 4);
            kube.await(
                    "minimal",
                    cluster -> KubeCluster.ready(cluster)
                            && "2/2".equals(cluster.getStatus().summary().groups()));
            assertThat(kube.exec(SERVER, "codis-server", "sh", "-c", CLIENT + " GET there"))
                    .isEqualTo("value");
            assertThat(kube.restarts("minimal")).isZero();
        }
    }

    private static void awaitDashboards(KubeCluster kube, boolean ready) {
        Awaitility.await("the dashboards " + (ready ? "serve" : "do not serve"))
                .atMost(PATIENCE)
                .until(() -> dashboards(kube).stream().allMatch(pod -> Readiness.isPodReady(pod) == ready));
    }

    private static String log(KubeCluster kube, Pod pod) {
        return kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(pod.getMetadata().getName())
                .getLog();
    }

    private static List<Pod> dashboards(KubeCluster kube) {
        return kube.pods("dashboard").stream()
                .map(name -> kube.client()
                        .pods()
                        .inNamespace(kube.namespace())
                        .withName(name)
                        .get())
                .toList();
    }
}
