package io.codis.operator.desired;

import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.Resources;
import io.codis.core.spec.SpecProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Limits below which a container is killed before it has started. */
final class LeastMemory {

    /** Measured: launcher with engine, proxy and console are killed at 40 MiB and start at 48, with nothing to do. */
    private static final long BYTES = 48L << 20;

    private LeastMemory() {}

    static List<SpecProblem> problems(CodisClusterSpec spec) {
        Map<String, Resources> all = new LinkedHashMap<>();
        all.put("feSpec.codisFeResources", spec.fe().placement().resources());
        all.put(
                "dashboardSpec.codisDashboardResources",
                spec.dashboard().placement().resources());
        all.put("haSpec.codisHaResources", spec.ha().placement().resources());
        all.put("proxySpec.codisProxyResources", spec.proxy().placement().resources());
        all.put("redisSpec.codisServerResources", spec.redis().placement().resources());
        return all.entrySet().stream()
                .flatMap(each -> problem(each.getKey(), each.getValue()).stream())
                .toList();
    }

    private static Optional<SpecProblem> problem(String field, Resources resources) {
        return resources.memoryLimit().orElse(BYTES) >= BYTES
                ? Optional.empty()
                : Optional.of(new SpecProblem(
                        "spec." + field + ".limits.memory",
                        0,
                        resources.limits().getOrDefault("memory", ""),
                        "the program itself needs " + (BYTES >> 20)
                                + "Mi, before any data or client; use 64Mi or more"));
    }
}
