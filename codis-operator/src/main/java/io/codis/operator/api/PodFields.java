package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the pods of every part take. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public abstract class PodFields {

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
}
