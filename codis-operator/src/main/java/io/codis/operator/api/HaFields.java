package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** {@code spec.haSpec}. */
public final class HaFields extends PodFields {

    @JsonPropertyDescription("Failover watches; 0 for none.")
    @Min(0)
    @Max(100)
    @Nullable
    public Integer replicas;

    @JsonPropertyDescription("CPU and memory of a failover watch.")
    @Nullable
    public AmountFields codisHaResources;
}
