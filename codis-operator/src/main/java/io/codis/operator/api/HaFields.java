package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec.haSpec}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HaFields(
        @JsonPropertyDescription("Failover watches; 0 for none.") @Min(0) @Max(100) @Nullable
        Integer replicas,

        @Nullable Map<String, String> nodeSelector,

        @JsonPropertyDescription("As in a pod.") @PreserveUnknownFields @Nullable
        JsonNode affinity,

        @JsonPropertyDescription("As in a container.") @PreserveUnknownFields @Nullable
        JsonNode lifecycle,

        @Nullable AmountFields codisHaResources) {}
