package io.codis.operator.desired;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.codis.core.spec.CodisClusterReader;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import io.codis.core.spec.SpecReading;
import io.codis.core.spec.SpecTree;
import io.codis.operator.api.ClusterFields;
import io.codis.operator.api.CodisCluster;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A cluster as its user wants it, with what Kubernetes knows of it.
 *
 * @param resource as stored
 * @param spec what both runtimes understand
 * @param image of all parts
 */
public record Wanted(CodisCluster resource, CodisClusterSpec spec, String image) {

    /** Of a cluster: another word here makes all its pods anew, as this version of the operator makes them. */
    static final String RESTART = "k8s.infra.cn/restart";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PROXIES = 2;

    /** What became of a resource. */
    public sealed interface Reading {
        record Right(Wanted wanted) implements Reading {}

        record Wrong(List<SpecProblem> problems) implements Reading {}
    }

    /** @param otherwise image of a cluster that names none */
    public static Reading read(CodisCluster resource, String otherwise) {
        ObjectNode document = MAPPER.valueToTree(resource);
        document.remove("status");
        ObjectNode metadata = document.putObject("metadata");
        metadata.put("name", resource.getMetadata().getName());
        metadata.put("namespace", resource.getMetadata().getNamespace());
        if (document.get("spec") instanceof ObjectNode spec) {
            ObjectNode proxy = spec.withObject("/proxySpec");
            if (!proxy.has("replicas") && !proxy.has("autoscaling")) {
                proxy.put("replicas", PROXIES);
            }
        }
        return switch (CodisClusterReader.read(tree(document))) {
            case SpecReading.Valid(CodisClusterSpec spec, List<String> notes) ->
                checked(new Wanted(resource, spec, spec.codisImage().orElse(otherwise)));
            case SpecReading.Invalid(List<SpecProblem> problems) -> new Reading.Wrong(problems);
        };
    }

    /** The product of a cluster that may not have been read. */
    public static String productName(CodisCluster resource) {
        return Optional.ofNullable(resource.getSpec())
                .map(ClusterFields::productName)
                .orElse(resource.getMetadata().getName());
    }

    /** Programs have what they need, and what is passed on to Kubernetes is of its shape. */
    private static Reading checked(Wanted wanted) {
        List<SpecProblem> tooSmall = LeastMemory.problems(wanted.spec());
        if (!tooSmall.isEmpty()) {
            return new Reading.Wrong(tooSmall);
        }
        try {
            new DesiredCluster(wanted).workloads();
            return new Reading.Right(wanted);
        } catch (IllegalArgumentException e) {
            String where = e.getCause() instanceof JsonMappingException wrong
                    ? wrong.getPath().stream()
                            .flatMap(step -> Optional.ofNullable(step.getFieldName()).stream())
                            .collect(Collectors.joining("."))
                    : String.valueOf(e.getMessage());
            return new Reading.Wrong(List.of(new SpecProblem(
                    "spec",
                    0,
                    "",
                    "what is passed on to Kubernetes has not its shape at " + where + "; see kubectl explain pod")));
        }
    }

    /** With the password that {@code proxySpec.authSecret} stands for. */
    public Wanted withAuth(String password) {
        return new Wanted(resource, spec.withAuth(password), image);
    }

    Optional<String> restart() {
        return Optional.ofNullable(resource.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(RESTART))
                .filter(word -> !word.isEmpty());
    }

    /** Nothing is to be changed. */
    public boolean paused() {
        return Boolean.TRUE.equals(resource.getSpec().paused());
    }

    /** With as many proxies as there are, within the bounds, where their number is not said. */
    public Wanted autoscaled(int running) {
        return spec.proxy()
                .autoscaling()
                .map(autoscaling -> new Wanted(resource, spec.withProxies(autoscaling.within(running)), image))
                .orElse(this);
    }

    public ObjectNames names() {
        return new ObjectNames(
                spec.name(),
                Optional.ofNullable(resource.getMetadata().getNamespace()).orElse("default"));
    }

    private static SpecTree tree(JsonNode node) {
        if (node.isObject()) {
            Map<String, SpecTree> entries = new LinkedHashMap<>();
            node.properties().forEach(entry -> entries.put(entry.getKey(), tree(entry.getValue())));
            return new SpecTree.Mapping(0, entries, Map.of());
        }
        if (node.isArray()) {
            var items = new ArrayList<SpecTree>();
            node.forEach(item -> items.add(tree(item)));
            return new SpecTree.Sequence(0, items);
        }
        return new SpecTree.Scalar(0, type(node), node.isNull() ? "" : node.asText());
    }

    private static SpecTree.Type type(JsonNode scalar) {
        return switch (scalar.getNodeType()) {
            case NUMBER -> scalar.isIntegralNumber() ? SpecTree.Type.WHOLE : SpecTree.Type.DECIMAL;
            case BOOLEAN -> SpecTree.Type.BOOL;
            case NULL, MISSING -> SpecTree.Type.NULL;
            default -> SpecTree.Type.TEXT;
        };
    }
}
