package io.codis.operator.alpha;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.operator.alpha.AlphaFields.Amounts;
import io.codis.operator.alpha.AlphaFields.Container;
import io.codis.operator.api.AmountFields;
import io.codis.operator.api.AutoscalingFields;
import io.codis.operator.api.ClusterFields;
import io.codis.operator.api.CoordinatorFields;
import io.codis.operator.api.CoordinatorKind;
import io.codis.operator.api.DashboardFields;
import io.codis.operator.api.FeFields;
import io.codis.operator.api.PodFields;
import io.codis.operator.api.ProxyFields;
import io.codis.operator.api.RedisFields;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the older kind says, in our own words, and our own words in those of the older kind. */
final class AlphaMapping {

    /** Of our fields to theirs, the longest first. */
    private static final Map<String, String> NAMES = names();

    private AlphaMapping() {}

    /** Fails with {@code InvalidArgument} where one cluster cannot be as several parts ask. */
    static ClusterFields of(AlphaFields given) {
        return new ClusterFields(
                image(given),
                null,
                coordinator(given),
                null,
                null,
                null,
                null,
                Optional.ofNullable(given.codisFe()).map(AlphaMapping::fe).orElse(null),
                Optional.ofNullable(given.codisDashboard())
                        .map(AlphaMapping::dashboard)
                        .orElse(null),
                null,
                Optional.ofNullable(given.codisProxy()).map(AlphaMapping::proxy).orElse(null),
                redis(given.codisServer(), given.schedulerName()));
    }

    /** With the names of the fields that a user of the older kind has written. */
    static String inTheirWords(String message) {
        String text = message;
        for (var name : NAMES.entrySet()) {
            text = text.replace(name.getKey(), name.getValue());
        }
        return text;
    }

    private static Map<String, String> names() {
        var names = new LinkedHashMap<String, String>();
        names.put("spec.proxySpec.codisProxyResources.", "spec.codisProxy.");
        names.put("codisProxyResources.", "");
        names.put(
                "spec.proxySpec.autoscaling.targetCPUUtilizationPercentage",
                "spec.codisProxy.hpaSpec.cpuUsedThreshold");
        names.put("spec.proxySpec.autoscaling", "spec.codisProxy.hpaSpec");
        names.put("spec.proxySpec.auth", "spec.codisProxy.sessionAuth");
        names.put("spec.proxySpec", "spec.codisProxy");
        names.put("spec.redisSpec.codisServerResources.", "spec.codisServer.");
        names.put("spec.redisSpec.storageResources.", "spec.codisServer.");
        names.put("spec.redisSpec.scheduler", "spec.schedulerName");
        names.put("spec.redisSpec", "spec.codisServer");
        names.put("codisServerNumsPerGroup", "groupReplicas");
        names.put("spec.dashboardSpec.codisDashboardResources.", "spec.codisDashboard.");
        names.put("spec.dashboardSpec", "spec.codisDashboard");
        names.put("spec.feSpec.codisFeResources.", "spec.codisFe.");
        names.put("spec.feSpec", "spec.codisFe");
        names.put("spec.coordinator.address", "spec.coordinatorAddr");
        names.put("spec.coordinator.type", "spec.coordinatorName");
        return names;
    }

    private static @Nullable String image(AlphaFields given) {
        List<String> images = Stream.of(
                        given.codisProxy(), given.codisServer(), given.codisDashboard(), given.codisFe())
                .flatMap(part -> Optional.<Container>ofNullable(part).stream())
                .flatMap(part -> Optional.ofNullable(part.image).stream())
                .filter(image -> !image.isBlank())
                .distinct()
                .toList();
        if (images.size() > 1) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "the parts have different images (" + String.join(", ", images)
                            + "); one image has all programs, give all parts the same or none");
        }
        return images.isEmpty() ? null : images.getFirst();
    }

    private static CoordinatorFields coordinator(AlphaFields given) {
        return switch (given.coordinatorName()) {
            case ETCD -> new CoordinatorFields(CoordinatorKind.ETCD, given.coordinatorAddr());
            case ZOOKEEPER -> new CoordinatorFields(CoordinatorKind.ZOOKEEPER, given.coordinatorAddr());
            // pods share no file system; what keeps one object safe is in every cluster
            case FILESYSTEM -> new CoordinatorFields(CoordinatorKind.KUBERNETES, null);
        };
    }

    private static ProxyFields proxy(AlphaFields.Proxy given) {
        var proxy = new ProxyFields();
        proxy.autoscaling = Optional.ofNullable(given.hpaSpec)
                .flatMap(AlphaMapping::autoscaling)
                .orElse(null);
        proxy.replicas = proxy.autoscaling == null ? given.replicas : null;
        proxy.auth = Optional.ofNullable(given.sessionAuth)
                .filter(auth -> !auth.isEmpty())
                .orElse(null);
        proxy.codisProxyResources = amounts(given);
        proxy.serviceType = given.serviceType;
        proxy.serviceAnnotations = given.serviceAnnotations;
        place(proxy, given, "codis-proxy", given.nodeSelector, given.tolerations);
        return proxy;
    }

    private static Optional<AutoscalingFields> autoscaling(AlphaFields.Hpa hpa) {
        return Optional.ofNullable(hpa.minReplicas())
                .filter(min -> min > 0)
                .map(min -> new AutoscalingFields(
                        min,
                        Optional.ofNullable(hpa.maxReplicas()).orElse(min),
                        Optional.ofNullable(hpa.cpuUsedThreshold())
                                .filter(percent -> percent > 0)
                                .orElse(null),
                        null,
                        null));
    }

    private static RedisFields redis(AlphaFields.Server given, @Nullable String scheduler) {
        var redis = new RedisFields();
        redis.replicas = given.replicas;
        redis.codisServerNumsPerGroup = given.groupReplicas;
        redis.scheduler = scheduler;
        redis.storageClassName = given.storageClassName;
        redis.codisServerResources = amounts(given);
        redis.storageResources = Stream.of(given.requests, given.limits)
                .flatMap(each -> Optional.ofNullable(each).stream())
                .flatMap(each -> Optional.ofNullable(each.storage()).stream())
                .findFirst()
                .map(size -> new AmountFields(null, Map.of("storage", size)))
                .orElse(null);
        place(redis, given, "codis-server", given.nodeSelector, given.tolerations);
        return redis;
    }

    private static DashboardFields dashboard(AlphaFields.Dashboard given) {
        var dashboard = new DashboardFields();
        dashboard.replicas = given.replicas;
        dashboard.codisDashboardResources = amounts(given);
        place(dashboard, given, "codis-dashboard", null, null);
        return dashboard;
    }

    private static FeFields fe(AlphaFields.Fe given) {
        var fe = new FeFields();
        fe.replicas = given.replicas;
        fe.codisFeResources = amounts(given);
        fe.serviceType = given.serviceType;
        fe.serviceAnnotations = given.serviceAnnotations;
        place(fe, given, "codis-fe", null, null);
        return fe;
    }

    private static void place(
            PodFields part,
            Container given,
            String container,
            @Nullable Map<String, String> nodeSelector,
            @Nullable List<Toleration> tolerations) {
        part.nodeSelector = nodeSelector;
        part.tolerations = tolerations;
        if (given.imagePullPolicy != null) {
            ObjectNode template = JsonNodeFactory.instance.objectNode();
            template.putObject("spec")
                    .putArray("containers")
                    .addObject()
                    .put("name", container)
                    .put("imagePullPolicy", given.imagePullPolicy);
            part.podTemplate = template;
        }
    }

    private static @Nullable AmountFields amounts(Container given) {
        Map<String, Quantity> limits = amounts(given.limits);
        Map<String, Quantity> requests = amounts(given.requests);
        return limits.isEmpty() && requests.isEmpty()
                ? null
                : new AmountFields(limits.isEmpty() ? null : limits, requests.isEmpty() ? null : requests);
    }

    private static Map<String, Quantity> amounts(@Nullable Amounts given) {
        var amounts = new TreeMap<String, Quantity>();
        Optional.ofNullable(given).ifPresent(each -> {
            Optional.ofNullable(each.cpu()).ifPresent(cpu -> amounts.put("cpu", cpu));
            Optional.ofNullable(each.memory()).ifPresent(memory -> amounts.put("memory", memory));
        });
        return amounts;
    }
}
