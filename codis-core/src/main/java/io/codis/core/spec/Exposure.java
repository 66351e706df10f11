package io.codis.core.spec;

import java.util.Optional;

/**
 * Where users connect to a part.
 *
 * @param port the port that they use: of the Service on Kubernetes, the listening one on one machine
 * @param slbInstanceId an existing load balancer to use; only with {@link ServiceType#LOAD_BALANCER}
 */
public record Exposure(ServiceType type, int port, Optional<String> slbInstanceId) {}
