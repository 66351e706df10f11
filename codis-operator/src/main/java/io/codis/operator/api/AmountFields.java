package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Limits and requests, in quantities. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AmountFields(
        @Nullable Map<String, Quantity> limits, @Nullable Map<String, Quantity> requests) {}
