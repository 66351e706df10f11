package io.codis.core.spec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a record as the document that reads back to it. Fields that are empty are left out. */
final class CodisClusterWriter {

    private CodisClusterWriter() {}

    static Map<String, Object> document(CodisClusterSpec spec) {
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("name", spec.name());
        if (!spec.namespace().isEmpty()) {
            metadata.put("namespace", spec.namespace());
        }
        var document = new LinkedHashMap<String, Object>();
        document.put("apiVersion", CodisClusterSpec.API_VERSION);
        document.put("kind", CodisClusterSpec.KIND);
        document.put("metadata", metadata);
        document.put("spec", spec(spec));
        return document;
    }

    private static Map<String, Object> spec(CodisClusterSpec spec) {
        var map = new LinkedHashMap<String, Object>();
        map.put("productName", spec.productName());
        put(map, "zkAddr", spec.zkAddr());
        spec.coordinator().ifPresent(coordinator -> {
            var fields = new LinkedHashMap<String, Object>(Map.of("type", coordinator.name()));
            if (!coordinator.address().isEmpty()) {
                fields.put("address", coordinator.address());
            }
            map.put("coordinator", fields);
        });
        if (spec.deleteData()) {
            map.put("deletionPolicy", CodisClusterReader.DELETE);
        }
        put(map, "logPath", spec.logPath());
        put(map, "codisImage", spec.codisImage());
        map.put(
                "feSpec",
                part(spec.fe().replicas(), spec.fe().exposure(), spec.fe().placement(), "codisFeResources"));
        DashboardSpec dashboard = spec.dashboard();
        map.put(
                "dashboardSpec",
                part(dashboard.replicas(), dashboard.exposure(), dashboard.placement(), "codisDashboardResources"));
        var ha = new LinkedHashMap<String, Object>();
        ha.put("replicas", spec.ha().replicas());
        placement(ha, spec.ha().placement(), "codisHaResources");
        map.put("haSpec", ha);
        ProxySpec proxy = spec.proxy();
        Map<String, Object> proxyMap =
                part(proxy.replicas(), proxy.exposure(), proxy.placement(), "codisProxyResources");
        proxyMap.put("adminPort", proxy.adminPort());
        put(proxyMap, "auth", proxy.auth());
        proxy.authSecret()
                .ifPresent(secret -> proxyMap.put("authSecret", Map.of("name", secret.name(), "key", secret.key())));
        if (proxy.safeWrites()) {
            proxyMap.put("safeWrites", true);
        }
        // another number was asked for on this machine, which cannot scale by itself
        proxy.autoscaling()
                .filter(autoscaling -> autoscaling.min() == proxy.replicas())
                .ifPresent(autoscaling -> {
                    proxyMap.remove("replicas");
                    proxyMap.put("autoscaling", autoscaling(autoscaling));
                });
        map.put("proxySpec", proxyMap);
        map.put("redisSpec", redis(spec.redis()));
        return map;
    }

    private static Map<String, Object> autoscaling(Autoscaling autoscaling) {
        var map = new LinkedHashMap<String, Object>();
        map.put("minReplicas", autoscaling.min());
        map.put("maxReplicas", autoscaling.max());
        map.put(Autoscaling.CPU, autoscaling.cpuPercent());
        map.putAll(autoscaling.more());
        return map;
    }

    private static Map<String, Object> redis(RedisSpec redis) {
        var map = new LinkedHashMap<String, Object>();
        map.put("replicas", redis.replicas());
        map.put("codisServerNumsPerGroup", redis.perGroup());
        map.put("servicePort", redis.port());
        put(map, "redisConf", redis.redisConf());
        redis.maxmemory().ifPresent(bytes -> map.put("maxmemory", bytes));
        put(map, "logPath", redis.logPath());
        placement(map, redis.placement(), "codisServerResources");
        ServerExtras extras = redis.extras();
        put(map, "scheduler", extras.scheduler());
        if (extras.keepApart()) {
            map.put("antiAffinity", ServerExtrasReader.REQUIRED);
        }
        put(map, "exporterImage", extras.exporterImage());
        resources(map, "codisServerExporterResources", extras.exporterResources());
        put(map, "backupImage", extras.backupImage());
        extras.backup().ifPresent(backup -> map.put("backupCronJob", backup(backup)));
        put(map, "storageClassName", extras.storageClassName());
        resources(map, "storageResources", extras.storageResources());
        return map;
    }

    private static Map<String, Object> backup(BackupSchedule backup) {
        var map = new LinkedHashMap<String, Object>();
        map.put("schedule", backup.schedule());
        map.put("concurrencyPolicy", backup.concurrencyPolicy());
        backup.startingDeadlineSeconds().ifPresent(seconds -> map.put("startingDeadlineSeconds", seconds));
        backup.successfulJobsHistoryLimit().ifPresent(limit -> map.put("successfulJobsHistoryLimit", limit));
        map.put("keep", backup.keep());
        map.put("keepDays", backup.keepDays());
        resources(map, "storageResources", backup.storageResources());
        return map;
    }

    private static Map<String, Object> part(int replicas, Exposure exposure, Placement placement, String resources) {
        var map = new LinkedHashMap<String, Object>();
        map.put("replicas", replicas);
        map.put("serviceType", exposure.type().word());
        map.put("servicePort", exposure.port());
        put(map, "slbInstanceId", exposure.slbInstanceId());
        map.putAll(exposure.more());
        placement(map, placement, resources);
        return map;
    }

    private static void placement(Map<String, Object> map, Placement placement, String resources) {
        put(map, "nodeSelector", placement.nodeSelector());
        put(map, "affinity", placement.affinity());
        put(map, "lifecycle", placement.lifecycle());
        resources(map, resources, placement.resources());
        map.putAll(placement.more());
    }

    private static void resources(Map<String, Object> map, String key, Resources resources) {
        var both = new LinkedHashMap<String, Object>();
        put(both, "limits", resources.limits());
        put(both, "requests", resources.requests());
        put(map, key, both);
    }

    private static void put(Map<String, Object> map, String key, Optional<String> value) {
        value.ifPresent(text -> map.put(key, text));
    }

    private static void put(Map<String, Object> map, String key, Map<String, ?> value) {
        if (!value.isEmpty()) {
            map.put(key, new TreeMap<>(value));
        }
    }
}
