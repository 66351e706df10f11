package io.codis.it.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
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
            "no-setting",
                    new Case(
                            ", redisConf: {maxmemroy: 1gb}",
                            "",
                            "SettingsRefused",
                            "valkey-server does not take 'maxmemroy 1gb': Bad directive"),
            "too-big", new Case(", codisServerResources: {requests: {memory: 900Ti}}", "", "NoRoom", "request less"));

    @Test
    void whatIsMissingIsSaidInPlainWords() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-trouble")) {
            CASES.forEach((name, each) -> kube.create(
                    SPEC.replace("NAME", name).replace("MORE", each.more()).replace("TOP", each.top())));
            CASES.forEach((name, each) -> kube.await(name, KubeCluster.trouble(each.reason(), each.message())));
        }
    }

    /** Also the claims that a deleted cluster has left behind in vain. */
    @Test
    void volumesThatWereNeverGivenAreAskedForInAnotherWay() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-asked")) {
            Optional<String> standard = kube.client().storage().v1().storageClasses().list().getItems().stream()
                    .map(each -> each.getMetadata().getName())
                    .findFirst();
            Assumptions.assumeTrue(standard.isPresent(), "there is no storage class");
            String asked = SPEC.replace("NAME", "asked").replace("TOP", "");
            String more = ", storageClassName: CLASS, storageResources: {requests: {storage: SIZE}}";
            kube.apply(asked.replace("MORE", more.replace("CLASS", "none").replace("SIZE", "64Mi")));
            kube.await("asked", KubeCluster.trouble("NoStorageClass", "there is no storage class none"));

            kube.deleteCluster("asked");
            assertThat(kube.claims()).isNotEmpty();
            kube.apply(asked.replace("MORE", more.replace("CLASS", "nothing").replace("SIZE", "128Mi")));
            kube.await("asked", KubeCluster.trouble("NoStorageClass", "there is no storage class nothing"));
            kube.apply(
                    asked.replace("MORE", more.replace("CLASS", standard.get()).replace("SIZE", "64Mi")));

            kube.await("asked", KubeCluster::ready);
        }
    }

    @Test
    void requestsThatFitNowhereAreCorrectedWhileTheClusterStarts() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-corrected")) {
            kube.apply(sized("900Ti", "900Ti"));
            kube.await("sized", KubeCluster.trouble("NoRoom", "request less"));

            kube.apply(sized("64Mi", "64Mi"));

            kube.await("sized", KubeCluster::ready);
        }
    }

    /** The servers of before take the room that the proxies of now need, and the other way round. */
    @Test
    void requestsOfWhichOnlySomeFitAreCorrectedWhileTheClusterStarts() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-some-fit")) {
            List<Long> nodes = kube.memoryOfNodes();
            Assumptions.assumeTrue(nodes.size() == 3, "counts on three nodes, these are " + nodes);
            long node = nodes.getFirst();
            kube.apply(sized("" + node * 7 / 10, "" + node * 7 / 10));
            kube.await("sized", KubeCluster.trouble("NoRoom", "request less"));
            kube.await("sized", cluster -> kube.pods("server").size() == 2);

            kube.apply(sized("" + node * 35 / 100, "" + node * 35 / 100));

            kube.await("sized", KubeCluster::ready);
        }
    }

    private static String sized(String server, String proxy) {
        return SPEC.replace("NAME", "sized")
                .replace("MORE", ", codisServerResources: {requests: {memory: " + server + "}}")
                .replace("TOP", ", proxySpec: {codisProxyResources: {requests: {memory: " + proxy + "}}}");
    }

    @Test
    void aPortThatNodesDoNotHaveIsNamedWithItsField() throws IOException {
        try (KubeCluster kube = KubeCluster.open("codis-port")) {
            kube.create(SPEC.replace("NAME", "port")
                    .replace("MORE", "")
                    .replace("TOP", ", proxySpec: {serviceType: NodePort, servicePort: 1234}"));
            String begin = "spec.proxySpec.servicePort = 1234: the nodes of this Kubernetes have ports ";
            String message = kube.await(
                            "port",
                            cluster -> cluster.getStatus() != null
                                    && String.valueOf(cluster.getStatus().message())
                                            .startsWith(begin))
                    .getStatus()
                    .message();
            assertThat(message).hasSizeLessThan(200).endsWith("choose one of these, or another serviceType");
            assertThat(kube.events("port")).containsOnlyOnce("Warning InvalidArgument " + message);
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
