package io.codis.cli.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The spec that {@code kubectl apply} stored last, as it notes it in an annotation. Of what a file leaves out, only that
 * goes which was in it then; what others have set stays, and so does everything where nothing is noted.
 *
 * @param spec empty if nothing is noted
 */
record LastApplied(Map<?, ?> spec) {

    private static final String NOTE = "kubectl.kubernetes.io/last-applied-configuration";

    static LastApplied of(HasMetadata stored) {
        return new LastApplied(Optional.ofNullable(stored.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(NOTE))
                .map(note -> spec(Serialization.unmarshal(note, GenericKubernetesResource.class)))
                .orElse(Map.of()));
    }

    /** What a file changes, as the JSON merge patch (RFC 7386) of a spec that {@code kubectl apply} sends for it. */
    Map<String, Object> patch(GenericKubernetesResource file) {
        return patch(spec, spec(file));
    }

    /** Lists are replaced: a custom resource has no merge keys. */
    private static Map<String, Object> patch(Map<?, ?> before, Map<?, ?> after) {
        var patch = new LinkedHashMap<String, Object>();
        before.keySet().forEach(gone -> patch.put(gone.toString(), null));
        after.forEach((field, value) -> patch.put(
                field.toString(),
                value instanceof Map<?, ?> object ? patch(object(before.get(field)), object) : value));
        return patch;
    }

    private static Map<?, ?> spec(GenericKubernetesResource resource) {
        return object(resource.getAdditionalProperties().get("spec"));
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
