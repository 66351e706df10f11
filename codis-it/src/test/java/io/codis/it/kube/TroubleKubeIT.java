package io.codis.it.kube;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a cluster says that cannot run here, in words that tell what to do. */
class TroubleKubeIT {

    private static final String SPEC = """
            apiVersion: k8s.infra.cn/v1
            kind: CodisCluster
            metadata: {name: NAME}
            spec: {redisSpec: {replicas: 2, codisServerNumsPerGroup: 2MORE}TOP}
            """;

    /** Field beside replicas, field of the spec; the reason and a piece of the message. */
    private record Case(String more, String top, String reason, String message) {}

    private static final Map<String, Case> CASES = Map.of(
            "no-image", new Case("", ", codisImage: nowhere.invalid/codis:1", "ImagePull", "nowhere.invalid/codis:1"),
            "no-scheduler", new Case(", scheduler: nobody", "", "UnknownScheduler", "no scheduler named nobody"),
            "no-class",
                    new Case(
                            ", storageClassName: none, storageResources: {requests: {storage: 1Gi}}",
                            "",
                            "NoStorageClass",
                            "there is no storage class none"),
            "no-node", new Case(", nodeSelector: {disk: none}", "", "NoNodeFits", "label nodes"),
            "too-big", new Case(", codisServerResources: {requests: {memory: 900Ti}}", "", "NoRoom", "request less"));

    @Test
    void whatIsMissingIsSaidInPlainWords() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-trouble")) {
            CASES.forEach((name, each) -> kube.create(
                    SPEC.replace("NAME", name).replace("MORE", each.more()).replace("TOP", each.top())));
            CASES.forEach((name, each) -> kube.await(name, KubeCluster.trouble(each.reason(), each.message())));
        }
    }

    /** A StatefulSet says it in an event only. */
    @Test
    void serversThatPodSecurityRefusesAreSaidToBeRefused() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-refused")) {
            kube.client()
                    .namespaces()
                    .withName(kube.namespace())
                    .edit(namespace -> new NamespaceBuilder(namespace)
                            .editMetadata()
                            .addToLabels("pod-security.kubernetes.io/enforce", "baseline")
                            .endMetadata()
                            .build());
            kube.create(SPEC.replace("NAME", "no-logs")
                    .replace("MORE", ", logPath: /var/log/codis")
                    .replace("TOP", ""));
            kube.await("no-logs", KubeCluster.trouble("LogPathNotAllowed", "remove spec.logPath"));
        }
    }
}
