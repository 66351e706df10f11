package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** {@code spec.proxySpec}. */
public final class ProxyFields extends ExposedFields {

    @JsonPropertyDescription("Proxies that clients talk to; default 2.")
    @Min(1)
    @Max(1000)
    @Nullable
    public Integer replicas;

    @JsonPropertyDescription("The password that clients must give.")
    @Size(min = 1)
    @Nullable
    public String auth;

    @Nullable
    public AmountFields codisProxyResources;
}
