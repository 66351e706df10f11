package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the pods of every part take. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public abstract class PodFields {

    @JsonPropertyDescription("Labels that a node must have.")
    @Nullable
    public Map<String, String> nodeSelector;

    @JsonPropertyDescription("As in a pod.")
    @PreserveUnknownFields
    @Nullable
    public JsonNode affinity;

    @JsonPropertyDescription("As in a container.")
    @PreserveUnknownFields
    @Nullable
    public JsonNode lifecycle;

    @JsonPropertyDescription("As in a pod.")
    @Nullable
    public List<Toleration> tolerations;

    @JsonPropertyDescription(
            "As a pod's topologySpreadConstraints; without a labelSelector, over the pods of this part.")
    @Nullable
    public List<TopologySpreadConstraint> topologySpread;

    @JsonPropertyDescription("Priority class of the pods.")
    @Nullable
    public String priorityClassName;

    @JsonPropertyDescription("Account of the pods; default: one without rights, the dashboard's with its own role.")
    @Nullable
    public String serviceAccount;

    @JsonPropertyDescription("Labels of the pods, beside the operator's.")
    @Nullable
    public Map<String, String> labels;

    @JsonPropertyDescription("Annotations of the pods, beside the operator's.")
    @Nullable
    public Map<String, String> annotations;

    @JsonPropertyDescription("Laid over the pod template that the operator makes, as a strategic merge patch.")
    @PreserveUnknownFields
    @Nullable
    public JsonNode podTemplate;
}
