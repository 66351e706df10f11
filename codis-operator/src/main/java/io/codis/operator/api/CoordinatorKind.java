package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who keeps a cluster's state. */
public enum CoordinatorKind {
    @JsonProperty("kubernetes")
    KUBERNETES,
    @JsonProperty("zookeeper")
    ZOOKEEPER,
    @JsonProperty("etcd")
    ETCD
}
