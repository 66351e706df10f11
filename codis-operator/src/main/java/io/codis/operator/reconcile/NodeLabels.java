package io.codis.operator.reconcile;

import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The labels that a pod asks of its node, for people, with the fields of the cluster that ask for them. */
final class NodeLabels {

    private NodeLabels() {}

    /** {@code disk=ssd (spec.redisSpec.nodeSelector) and role In a, b (spec.redisSpec.affinity)}. */
    static String asked(Pod pod) {
        var asked = new ArrayList<String>();
        Optional.ofNullable(pod.getSpec().getNodeSelector())
                .filter(labels -> !labels.isEmpty())
                .map(labels -> labels.entrySet().stream()
                        .map(Map.Entry::toString)
                        .sorted()
                        .collect(Collectors.joining(", ")))
                .ifPresent(labels -> asked.add(labels + " (" + field(pod, "nodeSelector") + ")"));
        Optional.ofNullable(pod.getSpec().getAffinity())
                .map(Affinity::getNodeAffinity)
                .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution)
                .map(NodeSelector::getNodeSelectorTerms)
                .filter(terms -> !terms.isEmpty())
                .ifPresent(terms -> asked.add(inWords(terms) + " (" + field(pod, "affinity") + ")"));
        return asked.isEmpty() ? "the labels that are asked for" : String.join(" and ", asked);
    }

    private static String inWords(List<NodeSelectorTerm> terms) {
        return terms.stream()
                .map(term -> Stream.concat(term.getMatchExpressions().stream(), term.getMatchFields().stream())
                        .map(NodeLabels::inWords)
                        .collect(Collectors.joining(", ")))
                .collect(Collectors.joining(" or "));
    }

    private static String inWords(NodeSelectorRequirement rule) {
        String values = String.join(", ", rule.getValues());
        return rule.getKey() + " " + rule.getOperator() + (values.isEmpty() ? "" : " " + values);
    }

    /** A field of the part that the pod belongs to. */
    static String field(Pod pod, String name) {
        String component = Optional.ofNullable(pod.getMetadata().getLabels())
                .map(labels -> labels.get(ObjectNames.COMPONENT))
                .orElse("server");
        String part = component.equals("server") || component.equals("backup") ? "redis" : component;
        return "spec." + part + "Spec." + name;
    }
}
