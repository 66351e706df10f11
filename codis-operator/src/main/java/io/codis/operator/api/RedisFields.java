package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec.redisSpec}. */
@ValidationRule(
        value = "self.replicas % self.codisServerNumsPerGroup == 0",
        message = "replicas is not a multiple of codisServerNumsPerGroup; use the next multiple below or above")
@ValidationRule(
        value = "self.replicas / self.codisServerNumsPerGroup <= 1024",
        message = "more groups than slots (1024); use fewer servers")
public final class RedisFields extends PodFields {

    @JsonPropertyDescription("Servers in total, a multiple of codisServerNumsPerGroup.")
    @Default("2")
    @Min(1)
    @Max(9999)
    @SpecReplicas
    @Nullable
    public Integer replicas;

    @JsonPropertyDescription("Servers of one group: a master and its replicas.")
    @Default("2")
    @Min(1)
    @Max(16)
    @Nullable
    public Integer codisServerNumsPerGroup;

    @JsonPropertyDescription("The pods' scheduler.")
    @Nullable
    public String scheduler;

    @JsonPropertyDescription("A directory of the nodes for log files of servers.")
    @Nullable
    public String logPath;

    @JsonPropertyDescription("Engine settings by name; the key redis.conf holds lines of such a file.")
    @Nullable
    public Map<String, String> redisConf;

    @JsonPropertyDescription("Memory for data, such as 6Gi; default: three quarters of the memory limit.")
    @Nullable
    public Quantity maxmemory;

    @JsonPropertyDescription("Members of a group on different nodes: Preferred (default) or Required.")
    @Nullable
    public AntiAffinity antiAffinity;

    @JsonPropertyDescription("CPU and memory of a server; data gets three quarters of the memory limit.")
    @Nullable
    public AmountFields codisServerResources;

    @JsonPropertyDescription("Image of the metrics exporter; absent: no exporter.")
    @Nullable
    public String exporterImage;

    @JsonPropertyDescription("CPU and memory of a metrics exporter.")
    @Nullable
    public AmountFields codisServerExporterResources;

    @JsonPropertyDescription("Image with codis-backup; absent: the image of the cluster.")
    @Nullable
    public String backupImage;

    @JsonPropertyDescription("When backups are made, how many are kept, and where.")
    @Nullable
    public BackupFields backupCronJob;

    @JsonPropertyDescription("Class of the servers' volumes; absent: the default class.")
    @Nullable
    public String storageClassName;

    @JsonPropertyDescription("What is asked of each volume; absent: data is lost with its pod.")
    @Nullable
    public AmountFields storageResources;
}
