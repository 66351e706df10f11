package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** {@code spec.dashboardSpec}. */
public final class DashboardFields extends ExposedFields {

    @JsonPropertyDescription("Dashboards; one leads, and another takes over within 5 s; default: 2.")
    @Min(1)
    @Max(100)
    @Nullable
    public Integer replicas;

    @JsonPropertyDescription("CPU and memory of a dashboard.")
    @Nullable
    public AmountFields codisDashboardResources;
}
