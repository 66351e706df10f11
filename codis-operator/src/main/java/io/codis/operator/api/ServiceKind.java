package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a part is reached. */
public enum ServiceKind {
    @JsonProperty("ClusterIP")
    CLUSTER_IP,
    @JsonProperty("NodePort")
    NODE_PORT,
    @JsonProperty("LoadBalancer")
    LOAD_BALANCER
}
