package io.codis.it.kube;

import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What there is of a cluster in a namespace, whatever it is. */
record LeftBehind(KubernetesClient client, String namespace) {

    /** Kind and name of all that has the cluster's label or the name of its state. */
    List<String> of(String cluster) {
        String state = "codis-" + cluster;
        return Stream.of(
                        client.apps().statefulSets().inNamespace(namespace).list(),
                        client.apps().deployments().inNamespace(namespace).list(),
                        client.apps().replicaSets().inNamespace(namespace).list(),
                        client.pods().inNamespace(namespace).list(),
                        client.services().inNamespace(namespace).list(),
                        client.configMaps().inNamespace(namespace).list(),
                        client.secrets().inNamespace(namespace).list(),
                        client.serviceAccounts().inNamespace(namespace).list(),
                        client.persistentVolumeClaims().inNamespace(namespace).list(),
                        client.rbac().roles().inNamespace(namespace).list(),
                        client.rbac().roleBindings().inNamespace(namespace).list(),
                        client.policy()
                                .v1()
                                .podDisruptionBudget()
                                .inNamespace(namespace)
                                .list(),
                        client.autoscaling()
                                .v2()
                                .horizontalPodAutoscalers()
                                .inNamespace(namespace)
                                .list(),
                        client.network()
                                .v1()
                                .networkPolicies()
                                .inNamespace(namespace)
                                .list(),
                        client.leases().inNamespace(namespace).list())
                .flatMap(list -> list.getItems().stream())
                .map(HasMetadata.class::cast)
                .filter(object ->
                        labels(object).getOrDefault(ObjectNames.CLUSTER, "").equals(cluster)
                                || object.getMetadata().getName().equals(state))
                .map(object -> object.getKind() + "/" + object.getMetadata().getName())
                .toList();
    }

    private static Map<String, String> labels(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }
}
