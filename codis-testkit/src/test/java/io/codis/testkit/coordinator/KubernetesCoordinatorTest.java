package io.codis.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.kubernetes.KubernetesCoordinator;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real API server of KUBECONFIG, under a role that holds only what the coordinator says it needs. */
class KubernetesCoordinatorTest extends NetworkCoordinatorContractTest {

    private static KubeNamespace namespace;

    @BeforeAll
    static void makeNamespace() {
        namespace = KubeNamespace.create();
    }

    @AfterAll
    static void deleteNamespace() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @AfterEach
    void clear() {
        namespace.clear();
    }

    @Override
    protected int port() {
        return namespace.port();
    }

    @Override
    protected Coordinator open(int port) {
        return KubernetesCoordinator.open("http://127.0.0.1:" + port + "/" + namespace.name());
    }

    @Override
    protected byte[] deleting() {
        return bytes("\"cluster\":null");
    }

    @Test
    void aClusterIsOneObjectThatPeopleCanRead() {
        var client = remember(open());
        client.create(PATH, bytes("{\"version\":1}"));
        client.put("/codis3/demo/proxy/proxy-a_b.c", bytes("{}"));
        client.put("/codis3/demo/binary", new byte[] {(byte) 0xff, 0});
        assertThat(client.children("/codis3/demo/proxy")).containsExactly("proxy-a_b.c");

        ConfigMap object = configMap();
        assertThat(object.getData()).containsEntry("cluster", "{\"version\":1}").hasSize(2);
        assertThat(object.getBinaryData()).containsOnlyKeys("binary");
        assertThat(namespace
                        .admin()
                        .configMaps()
                        .inNamespace(namespace.name())
                        .list()
                        .getItems())
                .filteredOn(each -> each.getMetadata().getName().startsWith("codis-"))
                .hasSize(1);
    }

    @Test
    void aLabelPutOnTheObjectsDisturbsNobody() {
        var client = remember(open());
        long version = client.create(PATH, bytes("old"));
        var lease = client.tryLead("/codis3/demo/leader").orElseThrow();
        namespace
                .admin()
                .configMaps()
                .inNamespace(namespace.name())
                .withName("codis-demo")
                .edit(object -> {
                    object.getMetadata().getLabels().put("team", "a");
                    return object;
                });
        var leases = namespace.admin().leases().inNamespace(namespace.name()).withName("codis-demo");
        leases.edit(object -> {
            object.getMetadata().getLabels().put("team", "a");
            return object;
        });
        long next = client.update(PATH, bytes("new"), version);
        assertThat(client.read(PATH).orElseThrow().version()).isEqualTo(next);
        assertThat(configMap().getMetadata().getLabels()).containsEntry("team", "a");
        String renewed = leases.get().getSpec().getRenewTime().toString();
        await().until(() ->
                !renewed.equals(leases.get().getSpec().getRenewTime().toString()));
        assertThat(lease.held()).isTrue();
    }

    @Test
    void anEditByHandIsAChange() {
        var client = remember(open());
        long version = client.create(PATH, bytes("old"));
        namespace
                .admin()
                .configMaps()
                .inNamespace(namespace.name())
                .withName("codis-demo")
                .edit(object -> {
                    object.getData().put("cluster", "edited");
                    return object;
                });
        assertThat(reasonOf(() -> client.update(PATH, bytes("late"), version))).isEqualTo(Reason.STALE_VERSION);
        long seen = client.read(PATH).orElseThrow().version();
        assertThat(seen).isGreaterThan(version);
        client.put("/codis3/demo/topom", bytes("{}"));
        assertThat(client.read(PATH).orElseThrow().version()).isEqualTo(seen);
        assertThat(client.update(PATH, bytes("new"), seen)).isGreaterThan(seen);
    }

    @Test
    void aDeletedObjectIsGoneAndItsSuccessorHasHigherVersions() {
        var client = remember(open());
        long version = client.create(PATH, bytes("old"));
        namespace
                .admin()
                .configMaps()
                .inNamespace(namespace.name())
                .withName("codis-demo")
                .delete();
        assertThat(reasonOf(() -> client.update(PATH, bytes("late"), version))).isEqualTo(Reason.NOT_FOUND);
        assertThat(client.create(PATH, bytes("again"))).isGreaterThan(version);
    }

    @Test
    void anEmptyObjectMadeBeforehandIsTakenAndAForeignOneIsRefused() {
        var client = remember(open());
        var maps = namespace.admin().configMaps().inNamespace(namespace.name());
        var beforehand =
                new ConfigMapBuilder().withNewMetadata().withName("codis-demo").endMetadata();
        maps.resource(beforehand.build()).create();
        client.create(PATH, bytes("x"));
        assertThat(client.children("/codis3")).containsExactly("demo");
        maps.withName("codis-demo").delete();

        maps.resource(beforehand.addToData("cluster", "of somebody else").build())
                .create();
        assertThat(reasonOf(() -> client.put(PATH, bytes("x")))).isEqualTo(Reason.ALREADY_EXISTS);
        assertThat(configMap().getData()).containsExactly(Map.entry("cluster", "of somebody else"));
        maps.withName("codis-demo").delete();
    }

    @Test
    void aPodLogsInWithItsServiceAccount(@TempDir Path directory) throws IOException {
        Path account = namespace.serviceAccount(directory);
        try (var client = KubernetesCoordinator.open(namespace.apiServer(), namespace.name(), account)) {
            client.create(PATH, bytes("x"));
            assertThat(client.tryLead("/codis3/demo/leader")).isPresent();
            assertThat(client.awaitChange(PATH, 0, Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void whatTheRoleDoesNotAllowIsSaid() {
        var client = remember(open());
        var refusal = catchThrowableOfType(CodisException.class, () -> client.read("/codis3/forbidden/cluster"));
        assertThat(refusal.reason()).isEqualTo(Reason.UNAUTHORIZED);
        assertThat(refusal).hasMessageContaining("codis-forbidden").hasMessageContaining("cannot get resource");
    }

    @Test
    void whatDoesNotFitIntoAnObjectIsRefusedAndNothingIsChanged() {
        var client = remember(open());
        long version = client.create(PATH, bytes("old"));
        byte[] big = new byte[1_100_000];
        assertThat(reasonOf(() -> client.update(PATH, big, version))).isEqualTo(Reason.INVALID_ARGUMENT);
        assertThat(text(client)).isEqualTo("old");
    }

    @Test
    void productsOfAnyNameHaveObjectsOfTheirOwn() {
        assertThat(KubernetesCoordinator.objectName("codis-demo")).isEqualTo("codis-codis-demo");
        assertThat(KubernetesCoordinator.objectName("Codis_demo")).matches("codis-codis-demo-[0-9a-f]{10}");
        assertThat(KubernetesCoordinator.objectName("codis_demo"))
                .isNotEqualTo(KubernetesCoordinator.objectName("Codis_demo"));
        assertThat(KubernetesCoordinator.objectName("x".repeat(300)).length()).isLessThan(254);
        assertThat(KubernetesCoordinator.objectName("a.-b")).matches("codis-a-b-[0-9a-f]{10}");
    }

    private static ConfigMap configMap() {
        return namespace
                .admin()
                .configMaps()
                .inNamespace(namespace.name())
                .withName("codis-demo")
                .get();
    }
}
