package io.codis.core.spec;

import java.util.Map;

/**
 * Where the containers of a part may run and what they get; passed on to Kubernetes as written.
 *
 * @param affinity as in a pod; empty if none
 * @param lifecycle as in a container; empty if none
 */
public record Placement(
        Map<String, String> nodeSelector,
        Map<String, Object> affinity,
        Map<String, Object> lifecycle,
        Resources resources) {

    public static final Placement ANYWHERE = new Placement(Map.of(), Map.of(), Map.of(), Resources.NONE);

    public Placement {
        nodeSelector = Map.copyOf(nodeSelector);
    }
}
