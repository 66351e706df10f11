package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every part takes that users connect to. */
@ValidationRule(
        value = "!has(self.slbInstanceId) || (has(self.serviceType) && self.serviceType == 'LoadBalancer')",
        message = "slbInstanceId is only for serviceType LoadBalancer; remove it or change the type")
@ValidationRule(
        value = "!has(self.loadBalancerClass) || (has(self.serviceType) && self.serviceType == 'LoadBalancer')",
        message = "loadBalancerClass is only for serviceType LoadBalancer; remove it or change the type")
public abstract class ExposedFields extends PodFields {

    @JsonPropertyDescription("How it is reached: ClusterIP (default), NodePort or LoadBalancer.")
    @Nullable
    public ServiceKind serviceType;

    @JsonPropertyDescription("The nodePort for NodePort, the Service's port for the other types.")
    @Min(1)
    @Max(65535)
    @Nullable
    public Integer servicePort;

    @JsonPropertyDescription("An existing load balancer to use.")
    @Nullable
    public String slbInstanceId;

    @JsonPropertyDescription("Annotations of the Service.")
    @Nullable
    public Map<String, String> serviceAnnotations;

    @JsonPropertyDescription("Class of the load balancer; it cannot change while the Service is there.")
    @Nullable
    public String loadBalancerClass;
}
