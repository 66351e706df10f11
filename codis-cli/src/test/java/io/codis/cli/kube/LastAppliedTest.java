package io.codis.cli.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.infra.json.Json;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Source: {@code CreateThreeWayJSONMergePatch} of k8s.io/apimachinery, with which kubectl applies custom resources. */
class LastAppliedTest {

    @Test
    void whatWasAppliedAndIsLeftOutGoesAndAllElseOfTheFileIsSet() {
        assertThat(patch("{a: 1, b: {c: 2, d: 3}, e: [1, 2], f: {g: 1}}", "{b: {d: 4}, e: [3], h: {i: 5}}"))
                .isEqualTo("{\"a\":null,\"b\":{\"c\":null,\"d\":4},\"e\":[3],\"f\":null,\"h\":{\"i\":5}}");
    }

    @Test
    void whereNothingIsNotedNothingGoes() {
        assertThat(patch("{}", "{b: {d: 4}}")).isEqualTo("{\"b\":{\"d\":4}}");
        assertThat(LastApplied.of(resource("{b: 1}")).patch(resource("{c: 1}"))).isEqualTo(Map.of("c", 1));
    }

    @Test
    void theNoteIsKubectls() {
        GenericKubernetesResource stored = resource("{a: 1, b: 2}");
        stored.getMetadata()
                .setAnnotations(Map.of(
                        "kubectl.kubernetes.io/last-applied-configuration",
                        "{\"kind\":\"CodisCluster\",\"metadata\":{\"annotations\":{}},\"spec\":{\"a\":1}}\n"));

        assertThat(LastApplied.of(stored).spec()).isEqualTo(Map.of("a", 1));
    }

    private static String patch(String before, String file) {
        var applied = new LastApplied(
                (Map<?, ?>) resource(before).getAdditionalProperties().get("spec"));
        return new String(Json.write(applied.patch(resource(file))), StandardCharsets.UTF_8);
    }

    private static GenericKubernetesResource resource(String spec) {
        return Serialization.unmarshal(
                "kind: CodisCluster\nmetadata: {name: c}\nspec: " + spec, GenericKubernetesResource.class);
    }
}
