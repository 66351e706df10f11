package io.codis.operator.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which image a cluster has run that names none. */
class LiveTest {

    private static final String STATUS = "status: {image: codis:pinned}";

    @Test
    void theStatusSays() {
        assertThat(live(server("True")).image(resource(STATUS))).contains("codis:pinned");
    }

    @Test
    void aServerThatServesSaysWhereTheStatusDoesNot() {
        assertThat(live(server("True")).image(resource("status: {phase: Ready}")))
                .contains("codis:ran");
    }

    @Test
    void whatHasNeverServedIsNotKept() {
        assertThat(live(server("False"), set()).image(resource("status: {phase: Starting}")))
                .isEmpty();
        assertThat(live().image(resource(""))).isEmpty();
    }

    @Test
    void whatServersWereToRunSaysWhereTheStatusIsLost() {
        assertThat(live(server("False"), set()).image(resource(""))).contains("codis:ran");
    }

    private static Live live(HasMetadata... objects) {
        return new Live(wanted().names(), List.of(objects));
    }

    private static Pod server(String ready) {
        var template = set().getSpec().getTemplate();
        return new PodBuilder()
                .withMetadata(template.getMetadata())
                .editMetadata()
                .withName("c-codis-server-statefulset-0")
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .withSpec(template.getSpec())
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("10.0.0.1")
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .endCondition()
                .endStatus()
                .build();
    }

    private static StatefulSet set() {
        return new DesiredCluster(wanted()).servers(1, 2);
    }

    private static Wanted wanted() {
        return ((Wanted.Reading.Right) Wanted.read(resource(""), "codis:ran")).wanted();
    }

    private static CodisCluster resource(String status) {
        return Serialization.unmarshal("""
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata: {name: c, namespace: shop, uid: u}
                spec:
                  redisSpec: {replicas: 2, codisServerNumsPerGroup: 2}
                %s
                """.formatted(status), CodisCluster.class);
    }
}
