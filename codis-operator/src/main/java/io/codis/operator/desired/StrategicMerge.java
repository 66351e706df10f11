package io.codis.operator.desired;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Lays a patch over a pod template as Kubernetes does: objects are merged, lists of things that have a key are merged by it,
 * other lists are replaced.
 */
final class StrategicMerge {

    /** The lists of a pod template with {@code x-kubernetes-patch-merge-key} in the API's definition. */
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("volumes", "name"),
            Map.entry("env", "name"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("ports", "containerPort"),
            Map.entry("hostAliases", "ip"),
            Map.entry("topologySpreadConstraints", "topologyKey"));

    private StrategicMerge() {}

    static JsonNode merge(JsonNode base, JsonNode patch) {
        if (!(base instanceof ObjectNode object) || !patch.isObject()) {
            return patch;
        }
        ObjectNode merged = object.deepCopy();
        patch.properties().forEach(entry -> {
            JsonNode before = merged.path(entry.getKey());
            String key = KEYS.get(entry.getKey());
            boolean lists = before.isArray() && entry.getValue().isArray();
            merged.set(
                    entry.getKey(),
                    lists && key != null
                            ? list((ArrayNode) before, (ArrayNode) entry.getValue(), key)
                            : merge(before, entry.getValue()));
        });
        return merged;
    }

    private static ArrayNode list(ArrayNode base, ArrayNode patch, String key) {
        ArrayNode merged = base.deepCopy();
        for (JsonNode item : patch) {
            int at = -1;
            for (int index = 0; index < merged.size(); index++) {
                if (merged.get(index).path(key).asText().equals(item.path(key).asText())) {
                    at = index;
                }
            }
            if (at < 0) {
                merged.add(item);
            } else {
                merged.set(at, merge(merged.get(at), item));
            }
        }
        return merged;
    }
}
