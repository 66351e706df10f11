package io.codis.operator.desired;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.codis.core.spec.Placement;
import io.codis.operator.api.PodFields;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Templates of pods: what a part needs, the user's fields over it, then the user's patch; labels of ours stay. */
final class PodTemplates {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private PodTemplates() {}

    private static final class Given extends PodFields {}

    /** The fields of {@link Placement#more()}, with types. */
    static PodFields given(Placement placement) {
        return MAPPER.convertValue(placement.more(), Given.class);
    }

    /**
     * @param labels of the pods, {@code selector} among them
     * @param selector of the pods that belong together
     */
    static PodTemplateSpec template(
            Map<String, String> labels,
            Map<String, String> selector,
            Map<String, String> annotations,
            Placement placement,
            PodSpec pod) {
        PodFields given = given(placement);
        var all = new TreeMap<>(Optional.ofNullable(given.annotations).orElse(Map.of()));
        all.putAll(annotations);
        PodTemplateSpec template = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(over(given.labels, labels))
                .withAnnotations(all.isEmpty() ? null : all)
                .endMetadata()
                .withSpec(withFields(pod, given, selector))
                .build();
        PodTemplateSpec patched = Optional.ofNullable(given.podTemplate)
                .map(patch -> patched(template, patch))
                .orElse(template);
        patched.getMetadata().setLabels(over(patched.getMetadata().getLabels(), labels));
        return patched;
    }

    private static Map<String, String> over(@Nullable Map<String, String> theirs, Map<String, String> ours) {
        var labels = new TreeMap<>(Optional.ofNullable(theirs).orElse(Map.of()));
        labels.putAll(ours);
        return labels;
    }

    private static PodTemplateSpec patched(PodTemplateSpec template, JsonNode patch) {
        JsonNode merged = StrategicMerge.merge(MAPPER.valueToTree(template), patch);
        return MAPPER.convertValue(merged, PodTemplateSpec.class);
    }

    private static PodSpec withFields(PodSpec pod, PodFields given, Map<String, String> selector) {
        var spec = new PodSpecBuilder(pod);
        if (given.tolerations != null) {
            spec.withTolerations(tolerations(pod.getTolerations(), given.tolerations));
        }
        if (given.topologySpread != null) {
            LabelSelector own =
                    new LabelSelectorBuilder().withMatchLabels(selector).build();
            spec.withTopologySpreadConstraints(given.topologySpread.stream()
                    .map(constraint -> constraint.getLabelSelector() != null
                            ? constraint
                            : new TopologySpreadConstraintBuilder(constraint)
                                    .withLabelSelector(own)
                                    .build())
                    .toList());
        }
        Optional.ofNullable(given.priorityClassName).ifPresent(spec::withPriorityClassName);
        Optional.ofNullable(given.serviceAccount).ifPresent(spec::withServiceAccountName);
        return spec.build();
    }

    /** The user's, and those of ours that the user has nothing to say about. */
    private static List<Toleration> tolerations(List<Toleration> ours, List<Toleration> theirs) {
        var all = new ArrayList<>(theirs);
        ours.stream()
                .filter(each -> theirs.stream().noneMatch(other -> each.getKey().equals(other.getKey())))
                .forEach(all::add);
        return all;
    }
}
