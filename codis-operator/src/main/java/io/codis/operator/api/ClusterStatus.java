package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
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
        @Nullable List<GroupStatus> groups,
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
            @Nullable Long keys) {}

    /** @param part proxy, dashboard or fe */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Endpoint(String part, String address) {}
}
