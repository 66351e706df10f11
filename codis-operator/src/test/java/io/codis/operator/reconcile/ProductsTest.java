package io.codis.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.spec.SecretKey;
import io.codis.core.spec.SpecProblem;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProductsTest {

    @Test
    void theYoungerOfTwoClustersWithOneProductOnOneCoordinatorIsRefused() {
        Wanted older = cluster("a", "shop", 1, "zkAddr: 'zk:2181'");
        Wanted younger = cluster("b", "mall", 2, "zkAddr: 'zk:2181'");

        assertThat(Products.taken(younger, List.of(older, younger)))
                .map(SpecProblem::text)
                .contains(
                        "spec.productName = p: the cluster shop/a has this product on the same coordinator; choose another"
                                + " name");
        assertThat(Products.taken(older, List.of(older, younger))).isEmpty();
    }

    @Test
    void otherCoordinatorsAndNamespacesOfKubernetesAreOtherPlaces() {
        Wanted older = cluster("a", "shop", 1, "");

        assertThat(Products.taken(cluster("b", "mall", 2, ""), List.of(older))).isEmpty();
        assertThat(Products.taken(cluster("b", "shop", 2, "zkAddr: 'zk:2181'"), List.of(older)))
                .isEmpty();
        assertThat(Products.taken(cluster("b", "shop", 2, "coordinator: {type: kubernetes}"), List.of(older)))
                .isPresent();
    }

    @Test
    void thePasswordOfClientsComesFromItsSecret() {
        Wanted wanted = cluster("a", "shop", 1, "proxySpec: {authSecret: {name: clients}}");
        SecretKey reference = wanted.spec().proxy().authSecret().orElseThrow();
        var secret =
                new SecretBuilder().addToData("password", "b3BlbiBzZXNhbWU=").build();

        assertThat(((Wanted.Reading.Right) ClientPassword.read(wanted, reference, Optional.of(secret)))
                        .wanted()
                        .spec()
                        .proxy()
                        .auth())
                .contains("open sesame");
        assertThat(problem(ClientPassword.read(wanted, reference, Optional.empty())))
                .isEqualTo(
                        "spec.proxySpec.authSecret.name = clients: there is no such Secret in the cluster's namespace;"
                                + " make it");
        assertThat(problem(ClientPassword.read(wanted, reference, Optional.of(new SecretBuilder().build()))))
                .isEqualTo("spec.proxySpec.authSecret.key = password: the Secret clients has nothing there; add it");
    }

    private static String problem(Wanted.Reading reading) {
        return ((Wanted.Reading.Wrong) reading).problems().getFirst().text();
    }

    private static Wanted cluster(String name, String namespace, int second, String more) {
        CodisCluster resource =
                Serialization.unmarshal("""
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata: {name: %s, namespace: %s, uid: %s, creationTimestamp: "2026-01-01T00:00:0%dZ"}
                spec:
                  productName: p
                  redisSpec: {replicas: 2, codisServerNumsPerGroup: 2}
                  %s
                """.formatted(name, namespace, name, second, more), CodisCluster.class);
        return ((Wanted.Reading.Right) Wanted.read(resource, "codis:test")).wanted();
    }
}
