package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a cluster's data when the cluster is deleted. */
public enum Deletion {
    @JsonProperty("Retain")
    RETAIN,
    @JsonProperty("Delete")
    DELETE
}
