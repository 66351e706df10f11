package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** {@code spec.proxySpec}. */
@ValidationRule(
        value = "!has(self.auth) || !has(self.authSecret)",
        message = "auth and authSecret are both given; keep one of them")
@ValidationRule(
        value = "!has(self.replicas) || !has(self.autoscaling)",
        message = "replicas and autoscaling are both given; keep one of them")
public final class ProxyFields extends ExposedFields {

    @JsonPropertyDescription("Proxies that clients talk to; default 2.")
    @Min(1)
    @Max(1000)
    @Nullable
    public Integer replicas;

    @JsonPropertyDescription("As many proxies as their work asks for, instead of replicas.")
    @Nullable
    public AutoscalingFields autoscaling;

    @JsonPropertyDescription("The password that clients must give.")
    @Size(min = 1)
    @Nullable
    public String auth;

    @JsonPropertyDescription("Where the password is that clients must give, instead of auth.")
    @Nullable
    public SecretKeyFields authSecret;

    @JsonPropertyDescription("A write is answered when every replica that may be promoted has it; default false.")
    @Nullable
    public Boolean safeWrites;

    @JsonPropertyDescription("CPU and memory of a proxy.")
    @Nullable
    public AmountFields codisProxyResources;
}
