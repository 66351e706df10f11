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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A dashboard whose lease is not renewed in time. */
class LeaseKubeIT {

    private static final String SERVER = "minimal-codis-server-statefulset-0";
    private static final String CLIENT = "valkey-cli -h minimal-codis-proxy-service -p 19000";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void aDashboardThatTheApiServerRefusedForAWhileLeadsAgainAndNothingWasStartedAnew() throws IOException {
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
            awaitDashboard(kube, false);
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
            awaitDashboard(kube, true);
            assertThat(log(kube)).contains("without an answer of the coordinator");

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

    private static void awaitDashboard(KubeCluster kube, boolean ready) {
        Awaitility.await("the dashboard " + (ready ? "leads" : "does not lead"))
                .atMost(PATIENCE)
                .until(() -> Readiness.isPodReady(dashboard(kube)) == ready);
    }

    private static String log(KubeCluster kube) {
        return kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(dashboard(kube).getMetadata().getName())
                .getLog();
    }

    private static Pod dashboard(KubeCluster kube) {
        return kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(kube.pods("dashboard").getFirst())
                .get();
    }
}
