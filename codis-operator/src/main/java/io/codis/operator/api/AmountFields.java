package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Limits and requests, in quantities. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AmountFields(
        @JsonPropertyDescription("The most that it may use, such as memory: 1Gi.") @Nullable
        Map<String, Quantity> limits,

        @JsonPropertyDescription("What is kept free for it, such as cpu: 500m.") @Nullable
        Map<String, Quantity> requests) {}
