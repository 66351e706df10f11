package io.codis.core.spec;

import java.util.List;
import java.util.Map;

/**
 * Where the containers of a part may run and what they get; passed on to Kubernetes as written.
 *
 * @param affinity as in a pod; empty if none
 * @param lifecycle as in a container; empty if none
 * @param more those of {@link #MORE} that are given
 */
public record Placement(
        Map<String, String> nodeSelector,
        Map<String, Object> affinity,
        Map<String, Object> lifecycle,
        Resources resources,
        Map<String, Object> more) {

    /** Fields of every part that only the operator looks into. */
    static final List<String> MORE = List.of(
            "tolerations",
            "topologySpread",
            "priorityClassName",
            "serviceAccount",
            "labels",
            "annotations",
            "podTemplate");

    public Placement {
        nodeSelector = Map.copyOf(nodeSelector);
        more = Map.copyOf(more);
    }
}
