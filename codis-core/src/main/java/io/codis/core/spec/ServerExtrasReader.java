package io.codis.core.spec;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The fields of the servers that serve on Kubernetes, and quantities. */
final class ServerExtrasReader {

    /** A limit without its unit means bytes. */
    private static final BigDecimal LEAST_MEMORY = BigDecimal.valueOf(16L << 20);

    private static final Pattern CRON =
            Pattern.compile("@(hourly|daily|midnight|weekly|monthly|yearly|annually)" + "|\\S+(\\s+\\S+){4}");

    static final String REQUIRED = "Required";
    private static final int MOST_BACKUPS = 100_000;

    private ServerExtrasReader() {}

    static ServerExtras read(Fields redis) {
        redis.kubernetesOnly("scheduler", "exporterImage", "codisServerExporterResources");
        redis.kubernetesOnly("antiAffinity");
        redis.kubernetesOnly("backupImage", "backupCronJob", "storageClassName", "storageResources");
        Optional<String> storageClass = redis.text("storageClassName");
        Resources storage = resources(redis, "storageResources");
        volumes(redis, storageClass.isPresent());
        return new ServerExtras(
                redis.text("scheduler"),
                redis.choice("antiAffinity", List.of("Preferred", REQUIRED))
                        .filter(REQUIRED::equals)
                        .isPresent(),
                redis.text("exporterImage"),
                resources(redis, "codisServerExporterResources"),
                redis.text("backupImage"),
                backup(redis),
                storageClass,
                storage);
    }

    /** Who writes one of the fields wants volumes, and must not find out later that there are none. */
    private static void volumes(Fields redis, boolean storageClass) {
        Fields storage = redis.object("storageResources");
        boolean asked = storage.has("requests") && storage.object("requests").has("storage");
        if (storageClass && !asked) {
            redis.wrong(
                    "storageClassName",
                    "given without storageResources, so there would be no volumes; give"
                            + " storageResources.requests.storage");
        } else if (!asked && (storage.has("requests") || storage.has("limits"))) {
            redis.wrong("storageResources", "given without requests.storage, so there would be no volumes; give it");
        }
    }

    /** In bytes; never more than the container may have. */
    static OptionalLong maxmemory(Fields redis, Map<String, String> conf, Resources resources) {
        Optional<String> text = redis.amount("maxmemory");
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        Optional<BigDecimal> bytes = Resources.quantity(text.get());
        if (bytes.isEmpty() || bytes.get().signum() == 0) {
            redis.wrong("maxmemory", "not a quantity of memory; write a number with Mi or Gi, such as 6Gi");
            return OptionalLong.empty();
        }
        if (EngineSettings.of(conf).settings().containsKey("maxmemory")) {
            redis.wrong("maxmemory", "given in redisConf too; keep one of them");
        }
        resources.memoryLimit().ifPresent(limit -> {
            if (bytes.get().compareTo(BigDecimal.valueOf(limit)) > 0) {
                redis.wrong(
                        "maxmemory",
                        "more than the memory limit " + resources.limits().get("memory")
                                + "; use at most three quarters of it, since a snapshot needs room");
            }
        });
        return OptionalLong.of(bytes.get().longValue());
    }

    private static Optional<BackupSchedule> backup(Fields redis) {
        boolean given = redis.has("backupCronJob");
        Fields backup = redis.object("backupCronJob");
        if (!given) {
            return Optional.empty();
        }
        Optional<String> schedule = backup.text("schedule");
        if (schedule.isEmpty()) {
            backup.wrong("schedule", "missing; write five cron fields, such as \"0 3 * * *\"");
        } else if (!CRON.matcher(schedule.get().strip()).matches()) {
            backup.wrong("schedule", "not a cron schedule; write five fields, such as \"0 3 * * *\"");
        }
        var read = new BackupSchedule(
                schedule.orElse(""),
                backup.choice("concurrencyPolicy", List.of("Allow", "Forbid", "Replace"))
                        .orElse("Forbid"),
                backup.whole("startingDeadlineSeconds", 0, Integer.MAX_VALUE),
                backup.whole("successfulJobsHistoryLimit", 0, Integer.MAX_VALUE),
                backup.whole("keep", 0, MOST_BACKUPS).orElse(BackupSchedule.KEEP),
                backup.whole("keepDays", 0, MOST_BACKUPS).orElse(0),
                resources(backup, "storageResources"));
        backup.end();
        return Optional.of(read);
    }

    static Resources resources(Fields owner, String key) {
        Fields fields = owner.object(key);
        Map<String, String> limits = quantities(fields, "limits");
        Map<String, String> requests = quantities(fields, "requests");
        fields.end();
        requests.forEach((name, request) -> {
            Optional<BigDecimal> limit = Optional.ofNullable(limits.get(name)).flatMap(Resources::quantity);
            Optional<BigDecimal> asked = Resources.quantity(request);
            if (limit.isPresent() && asked.isPresent() && asked.get().compareTo(limit.get()) > 0) {
                fields.object("requests")
                        .wrong(name, "more than the limit " + limits.get(name) + "; lower it or raise the limit");
            }
        });
        Optional.ofNullable(limits.get("memory"))
                .flatMap(Resources::quantity)
                .filter(limit -> limit.compareTo(LEAST_MEMORY) < 0)
                .ifPresent(
                        limit -> fields.object("limits")
                                .wrong(
                                        "memory",
                                        "no program of this part runs in so little; write a number with Mi or Gi, 64Mi or more"));
        return new Resources(limits, requests);
    }

    private static Map<String, String> quantities(Fields fields, String key) {
        var right = new LinkedHashMap<String, String>();
        fields.texts(key).forEach((name, text) -> {
            if (Resources.quantity(text).isPresent()) {
                right.put(name, text);
            } else {
                fields.object(key)
                        .wrong(
                                name,
                                "not a quantity; write a number with m, k, M, G, T, Ki, Mi, Gi or Ti, such as 500m or 0.5Gi");
            }
        });
        return right;
    }
}
