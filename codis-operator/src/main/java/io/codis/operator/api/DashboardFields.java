package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec.dashboardSpec}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!has(self.slbInstanceId) || (has(self.serviceType) && self.serviceType == 'LoadBalancer')",
        message = "slbInstanceId is only for serviceType LoadBalancer; remove it or change the type")
public record DashboardFields(
        @JsonPropertyDescription("Dashboards; one leads.") @Min(1) @Max(100) @Nullable
        Integer replicas,

        @JsonPropertyDescription("How it is reached: ClusterIP (default), NodePort or LoadBalancer.") @Nullable
        ServiceKind serviceType,

        @JsonPropertyDescription("The nodePort for NodePort, the Service's port for the other types.")
        @Min(1)
        @Max(65535)
        @Nullable
        Integer servicePort,

        @JsonPropertyDescription("An existing load balancer to use.") @Nullable
        String slbInstanceId,

        @Nullable Map<String, String> nodeSelector,

        @JsonPropertyDescription("As in a pod.") @PreserveUnknownFields @Nullable
        JsonNode affinity,

        @JsonPropertyDescription("As in a container.") @PreserveUnknownFields @Nullable
        JsonNode lifecycle,

        @Nullable AmountFields codisDashboardResources) {}
