package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code status}.
 *
 * @param message what is being done or what is wrong, in one sentence; absent when ready
 * @param address where clients connect
 * @param servers that the cluster has
 * @param selector of the servers' pods
 * @param progress only while slots move
 * @param measuredAt since when the figures of groups and progress are right but for a tenth
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterStatus(
        @Nullable Long observedGeneration,
        @Nullable String phase,
        @Nullable String message,
        @Nullable String address,
        @Nullable Summary summary,
        @StatusReplicas @Nullable Integer servers,
        @LabelSelector @Nullable String selector,
        @Nullable List<Condition> conditions,

        @JsonPropertyDescription("Slots that move, and how fast.") @Nullable
        Progress progress,

        @Nullable List<GroupStatus> groups,

        @JsonPropertyDescription("When figures were written last: again after 30 s if one has changed by a tenth.")
        @Nullable
        String measuredAt,

        @Nullable List<Endpoint> addresses) {

    /** As {@code kubectl get} shows it: have/want. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Summary(
            @Nullable String groups,
            @Nullable String slots,
            @Nullable String servers,
            @Nullable String proxies) {}

    /** As everywhere in Kubernetes. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Condition(
            String type,
            String status,
            String reason,
            String message,
            @Nullable Long observedGeneration,
            @Nullable String lastTransitionTime) {}

    /** @param slots that it owns */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record GroupStatus(
            Integer id,
            Integer slots,
            @Nullable String master,
            List<String> replicas,

            @JsonPropertyDescription("Of the master, in all databases.") @Nullable
            Long keys,

            @JsonPropertyDescription("That the master uses, such as 1.23Gi.") @Nullable
            String memory,

            @JsonPropertyDescription("In sync, not in sync, or bytes that a replica is behind, at most.") @Nullable
            String lag) {}

    /** @param moving slots that have not moved yet */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            @JsonPropertyDescription("Slots that have not moved yet.")
            Integer moving,

            @Nullable Long keysPerSecond,

            @JsonPropertyDescription("When all will have moved, about.") @Nullable
            String eta,

            @JsonPropertyDescription("Why some do not move.") @Nullable
            String problem) {}

    /** @param part proxy, dashboard or fe */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Endpoint(String part, String address) {}
}
