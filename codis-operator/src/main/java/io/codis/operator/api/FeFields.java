package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** {@code spec.feSpec}. */
public final class FeFields extends ExposedFields {

    @JsonPropertyDescription("Web consoles; 0 for none.")
    @Min(0)
    @Max(100)
    @Nullable
    public Integer replicas;

    @JsonPropertyDescription("CPU and memory of a web console.")
    @Nullable
    public AmountFields codisFeResources;
}
