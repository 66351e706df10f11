package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens when a backup is due while another runs. */
public enum Concurrency {
    @JsonProperty("Allow")
    ALLOW,
    @JsonProperty("Forbid")
    FORBID,
    @JsonProperty("Replace")
    REPLACE
}
