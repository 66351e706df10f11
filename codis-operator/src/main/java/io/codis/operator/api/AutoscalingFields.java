package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code spec.proxySpec.autoscaling}: what becomes a HorizontalPodAutoscaler. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "(has(self.minReplicas) ? self.minReplicas : 2) <= self.maxReplicas",
        message = "maxReplicas is less than minReplicas (2 if not given); raise it")
public record AutoscalingFields(
        @JsonPropertyDescription("Proxies at least; default 2.") @Min(1) @Max(1000) @Nullable
        Integer minReplicas,

        @JsonPropertyDescription("Proxies at most.") @Min(1) @Max(1000) @Required
        Integer maxReplicas,

        @JsonPropertyDescription("CPU that proxies are to use on average, in percent of what they request; default 70.")
        @Min(1)
        @Max(1000)
        @Nullable
        Integer targetCPUUtilizationPercentage,

        @JsonPropertyDescription("More measures, as the metrics of a HorizontalPodAutoscaler v2.") @Nullable
        List<MetricFields> metrics,

        @JsonPropertyDescription("How fast it goes up and down, as the behavior of a HorizontalPodAutoscaler v2.")
        @PreserveUnknownFields
        @Nullable
        JsonNode behavior) {}
