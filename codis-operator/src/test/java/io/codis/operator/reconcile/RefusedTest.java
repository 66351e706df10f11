package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.problem.Reason;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class RefusedTest {

    @Test
    void aPortThatNodesDoNotHaveIsSaidWithItsFieldAndWhatToDo() {
        assertThat(port("provided port is not in the valid range. The range of valid ports is 30000-32767"))
                .isEqualTo(new Refused(
                        Reason.INVALID_ARGUMENT,
                        "spec.proxySpec.servicePort = 1234: the nodes of this Kubernetes have ports 30000-32767 for"
                                + " Services; choose one of these, or another serviceType"));
    }

    @Test
    void aPortThatAnotherServiceHasIsSaidToBe() {
        assertThat(port("provided port is already allocated").message())
                .isEqualTo("spec.proxySpec.servicePort = 1234: another Service has this port of the nodes;"
                        + " choose another one");
    }

    @Test
    void anythingElseIsOneShortLineInTheWordsOfTheApiServer() {
        Refused quota = refused(403, """
                kind: Status
                code: 403
                message: |-
                  deployments.apps "c-codis-fe-deployment" is forbidden:
                  exceeded quota MORE
                """.replace("MORE", "x".repeat(1000)));

        assertThat(quota.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
        assertThat(quota.message())
                .startsWith(
                        "Kubernetes refuses: deployments.apps \"c-codis-fe-deployment\" is forbidden: exceeded quota")
                .hasSizeLessThan(350);
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowIsTheUsersAndNotAnApiServerThatIsAway() {
        String typo = "requiredDuringSchedulingIgnoredDuringExecutio";
        String message = undeclared("/c-codis-server-statefulset", "spec.affinity.nodeAffinity." + typo);

        assertThat(refused(500, message))
                .isEqualTo(new Refused(
                        Reason.INVALID_ARGUMENT,
                        "spec.redisSpec.affinity.nodeAffinity." + typo + ": Kubernetes has no such field; correct its"
                                + " name, see kubectl explain pod.spec.affinity.nodeAffinity"));
        assertThat(refused(
                                422,
                                undeclared(
                                        "/c-codis-proxy-deployment",
                                        "spec.containers[name=\"codis-proxy\"].lifecycle.preStopp"))
                        .message())
                .startsWith("spec.proxySpec.lifecycle.preStopp: ")
                .endsWith(" pod.spec.containers.lifecycle");
        assertThat(refused(500, undeclared("/c-codis-server-statefulset", "spec.hostname2"))
                        .message())
                .startsWith("spec.redisSpec.podTemplate.spec.hostname2: ");
    }

    /** As Kubernetes 1.35 says it. */
    private static String undeclared(String object, String path) {
        return """
                kind: Status
                code: 500
                message: 'failed to create typed patch object (shopOBJECT; apps/v1, Kind=X): .spec.template.PATH: field not
                  declared in schema'
                """.replace("OBJECT", object).replace("PATH", path);
    }

    @Test
    void anApiServerThatIsAwayHasRefusedNothing() {
        var lost = new KubernetesClientException("Operation: [patch]  for kind: [Service]  failed.");

        assertThat(Refused.of(lost, wanted()).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused(503, "kind: Status\ncode: 503\nmessage: shutting down\n"))
                .isEqualTo(new Refused(Reason.UNAVAILABLE, "the API server does not answer: shutting down"));
    }

    /** As Kubernetes 1.35 says it. */
    private static Refused port(String problem) {
        return refused(422, """
                kind: Status
                code: 422
                reason: Invalid
                message: 'Service "c-codis-proxy-service" is invalid: spec.ports[0].nodePort: Invalid value: 1234: PROBLEM'
                details:
                  kind: Service
                  name: c-codis-proxy-service
                  causes:
                    - {reason: FieldValueInvalid, field: "spec.ports[0].nodePort", message: "Invalid value: 1234: PROBLEM"}
                """.replace("PROBLEM", problem));
    }

    private static Refused refused(int code, String status) {
        return Refused.of(
                new KubernetesClientException("Failure executing: PATCH at: https://...", code, status(status)),
                wanted());
    }

    private static Status status(String yaml) {
        return Serialization.unmarshal(yaml, Status.class);
    }

    private static Wanted wanted() {
        CodisCluster resource = Serialization.unmarshal("""
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata: {name: c, namespace: shop, uid: u, generation: 1}
                spec:
                  proxySpec:
                    serviceType: NodePort
                    servicePort: 1234
                    lifecycle: {preStopp: {}}
                  redisSpec:
                    replicas: 2
                    codisServerNumsPerGroup: 2
                    affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecutio: {}}}
                """, CodisCluster.class);
        return ((Wanted.Reading.Right) Wanted.read(resource, "codis:test")).wanted();
    }
}
