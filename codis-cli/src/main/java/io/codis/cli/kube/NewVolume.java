package io.codis.cli.kube;

import io.codis.core.plan.MemberId;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.Optional;

/** Takes a server's claim and its pod; its StatefulSet makes both anew, wherever there is room. */
final class NewVolume {

    private final KubernetesClient client;
    private final ObjectNames names;

    NewVolume(KubernetesClient client, ObjectNames names) {
        this.client = client;
        this.names = names;
    }

    void give(MemberId member) {
        var claim =
                client.persistentVolumeClaims().inNamespace(names.namespace()).withName(names.claim(member));
        if (claim.get() == null) {
            throw new CodisException(
                    Reason.NOT_FOUND,
                    "there is no claim " + names.claim(member) + ": " + names.pod(member)
                            + " has no volume, its data goes with its pod; kubectl delete pod " + names.pod(member));
        }
        // first, so that the pod that comes cannot find the former one
        claim.delete();
        PodResource pod = client.pods().inNamespace(names.namespace()).withName(names.pod(member));
        Optional<Pod> there = Optional.ofNullable(pod.get());
        if (there.flatMap(this::node).filter(this::isDown).isPresent()) {
            // its kubelet will not confirm that it has ended
            pod.withGracePeriod(0).delete();
        } else {
            pod.delete();
        }
    }

    private Optional<String> node(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getNodeName());
    }

    private boolean isDown(String name) {
        try {
            Node node = client.nodes().withName(name).get();
            return node == null || !Readiness.isNodeReady(node);
        } catch (KubernetesClientException e) {
            if (e.getCode() == 403) {
                // whoever may not see nodes leaves the pod's end to Kubernetes
                return false;
            }
            throw e;
        }
    }
}
