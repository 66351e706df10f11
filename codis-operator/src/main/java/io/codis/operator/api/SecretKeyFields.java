package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** A text in a Secret of the cluster's namespace. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SecretKeyFields(
        @JsonPropertyDescription("A Secret of the cluster's namespace.") @Required
        String name,

        @JsonPropertyDescription("Default: password.") @Nullable
        String key) {}
