package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** One of {@code spec.proxySpec.autoscaling.metrics}: its kind, and what goes with that. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricFields(
        @JsonPropertyDescription("Pods, Object, External, Resource or ContainerResource.") @Required
        String type,

        @JsonPropertyDescription("A metric of each proxy's pod, by an adapter for custom metrics.")
        @PreserveUnknownFields
        @Nullable
        JsonNode pods,

        @JsonPropertyDescription("A metric of another object, by an adapter for custom metrics.")
        @PreserveUnknownFields
        @Nullable
        JsonNode object,

        @JsonPropertyDescription("A metric from elsewhere, by an adapter for external metrics.")
        @PreserveUnknownFields
        @Nullable
        JsonNode external,

        @JsonPropertyDescription("CPU or memory of the pods.") @PreserveUnknownFields @Nullable
        JsonNode resource,

        @JsonPropertyDescription("CPU or memory of one container.") @PreserveUnknownFields @Nullable
        JsonNode containerResource) {}
