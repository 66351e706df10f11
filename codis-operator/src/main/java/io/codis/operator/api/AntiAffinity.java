package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How much the members of a group are kept on different nodes. */
public enum AntiAffinity {
    @JsonProperty("Preferred")
    PREFERRED,
    @JsonProperty("Required")
    REQUIRED
}
