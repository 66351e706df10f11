package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec.redisSpec}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.replicas % self.codisServerNumsPerGroup == 0",
        message = "replicas is not a multiple of codisServerNumsPerGroup; use the next multiple below or above")
@ValidationRule(
        value = "self.replicas / self.codisServerNumsPerGroup <= 1024",
        message = "more groups than slots (1024); use fewer servers")
public record RedisFields(
        @JsonPropertyDescription("Servers in total, a multiple of codisServerNumsPerGroup.")
        @Default("2")
        @Min(1)
        @Max(9999)
        @SpecReplicas
        Integer replicas,

        @JsonPropertyDescription("Servers of one group: a master and its replicas.") @Default("2") @Min(1) @Max(16)
        Integer codisServerNumsPerGroup,

        @JsonPropertyDescription("The pods' scheduler.") @Nullable
        String scheduler,

        @JsonPropertyDescription("A directory of the nodes for log files of servers.") @Nullable
        String logPath,

        @JsonPropertyDescription("Engine settings by name; the key redis.conf holds lines of such a file.") @Nullable
        Map<String, String> redisConf,

        @Nullable Map<String, String> nodeSelector,

        @JsonPropertyDescription("As in a pod.") @PreserveUnknownFields @Nullable
        JsonNode affinity,

        @JsonPropertyDescription("As in a container.") @PreserveUnknownFields @Nullable
        JsonNode lifecycle,

        @Nullable AmountFields codisServerResources,

        @JsonPropertyDescription("Image of the metrics exporter; absent: no exporter.") @Nullable
        String exporterImage,

        @Nullable AmountFields codisServerExporterResources,
        @Nullable String backupImage,
        @Nullable BackupFields backupCronJob,

        @JsonPropertyDescription("Class of the servers' volumes; absent: the default class.") @Nullable
        String storageClassName,

        @JsonPropertyDescription("What is asked of each volume; absent: data is lost with its pod.") @Nullable
        AmountFields storageResources) {}
