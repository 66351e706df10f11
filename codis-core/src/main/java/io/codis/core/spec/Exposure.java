package io.codis.core.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where users connect to a part.
 *
 * @param port the port that they use: of the Service on Kubernetes, the listening one on one machine
 * @param slbInstanceId an existing load balancer to use; only with {@link ServiceType#LOAD_BALANCER}
 * @param more those of {@link #MORE} that are given
 */
public record Exposure(ServiceType type, int port, Optional<String> slbInstanceId, Map<String, Object> more) {

    /** Fields that only the operator looks into. */
    static final List<String> MORE = List.of("serviceAnnotations", "loadBalancerClass");

    public Exposure {
        more = Map.copyOf(more);
    }
}
