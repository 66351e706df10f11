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
 * @param image that the cluster runs; one that names none stays with it
 * @param progress only while slots move
 * @param measuredAt since when the figures of groups and progress are right but for a tenth
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterStatus(
        @JsonPropertyDescription("Generation of the spec that this is about.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Starting, Ready, Changing, Degraded, Paused or Invalid.") @Nullable
        String phase,

        @JsonPropertyDescription("What is being done or what is wrong; absent when ready.") @Nullable
        String message,

        @JsonPropertyDescription("Where clients connect, host:port.") @Nullable
        String address,

        @JsonPropertyDescription("How many there are of how many.") @Nullable
        Summary summary,

        @JsonPropertyDescription("Servers that the cluster has.") @StatusReplicas @Nullable
        Integer servers,

        @JsonPropertyDescription("Labels of the servers' pods.") @LabelSelector @Nullable
        String selector,

        @JsonPropertyDescription("Ready, Progressing, ServersCurrent, PodsRunning, each with a reason.") @Nullable
        List<Condition> conditions,

        @JsonPropertyDescription("Image that it runs, and stays with where codisImage names none.") @Nullable
        String image,

        @JsonPropertyDescription("Slots that move, and how fast.") @Nullable
        Progress progress,

        @JsonPropertyDescription("The groups of servers.") @Nullable
        List<GroupStatus> groups,

        @JsonPropertyDescription("When figures were written last: again after 30 s if one has changed by a tenth.")
        @Nullable
        String measuredAt,

        @JsonPropertyDescription("Where proxies, dashboard and web console are found.") @Nullable
        List<Endpoint> addresses) {

    /** As {@code kubectl get} shows it: have/want. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Summary(
            @JsonPropertyDescription("Groups that serve, of those wanted.") @Nullable
            String groups,

            @JsonPropertyDescription("Slots that a group owns, of all.") @Nullable
            String slots,

            @JsonPropertyDescription("Masters and replicas in sync, of those wanted.") @Nullable
            String servers,

            @JsonPropertyDescription("Proxies that serve, of those wanted.") @Nullable
            String proxies) {}

    /** As everywhere in Kubernetes. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Condition(
            @JsonPropertyDescription("What it is about.") String type,

            @JsonPropertyDescription("True or False.") String status,

            @JsonPropertyDescription("Why, in one word.") String reason,

            @JsonPropertyDescription("Why, and what to do.") String message,

            @JsonPropertyDescription("Generation of the spec that it was told about.") @Nullable
            Long observedGeneration,

            @JsonPropertyDescription("Since when the status is so.") @Nullable
            String lastTransitionTime) {}

    /** @param slots that it owns */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record GroupStatus(
            @JsonPropertyDescription("Number of the group.") Integer id,

            @JsonPropertyDescription("Slots that it owns.") Integer slots,

            @JsonPropertyDescription("Pod of its master.") @Nullable
            String master,

            @JsonPropertyDescription("Pods of its replicas.")
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

            @JsonPropertyDescription("Keys that move in a second.") @Nullable
            Long keysPerSecond,

            @JsonPropertyDescription("When all will have moved, about.") @Nullable
            String eta,

            @JsonPropertyDescription("Why some do not move.") @Nullable
            String problem) {}

    /** @param part proxy, dashboard or fe */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Endpoint(
            @JsonPropertyDescription("proxy, dashboard or fe.")
            String part,

            @JsonPropertyDescription("host:port.") String address) {}
}
