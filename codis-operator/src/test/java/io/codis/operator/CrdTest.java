package io.codis.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.alpha.AlphaCluster;
import io.codis.operator.api.CodisCluster;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code deploy/crds} is written by this test, with {@code -Dgolden=write}. */
class CrdTest {

    private static final Path DIRECTORY = Path.of("../deploy/crds");
    /** By the names of their files. */
    static final Map<String, Class<? extends CustomResource<?, ?>>> KINDS = new TreeMap<>(Map.of(
            "codisclusters.k8s.infra.cn.yaml",
            CodisCluster.class,
            "codisclusters.codis.k8s.io.yaml",
            AlphaCluster.class));
    /** StatefulSets of up to 999 groups must have names of at most 52 letters. */
    private static final int LONGEST_NAME = 22;
    /** The generator sorts them by their names. */
    private static final List<String> COLUMNS =
            List.of("Phase", "Groups", "Slots", "Servers", "Proxies", "Address", "Age", "Image", "Message");
    /** Fields of the types that are not ours; the generator takes no descriptions from them. */
    private static final Map<String, String> OF_KUBERNETES = Map.ofEntries(
            Map.entry("spec", "The cluster as it is wanted."),
            Map.entry("status", "The cluster as it is."),
            Map.entry("effect", "NoSchedule, PreferNoSchedule or NoExecute; absent: all of them."),
            Map.entry("key", "Key of the taint or label."),
            Map.entry("operator", "How key and value or values are compared."),
            Map.entry("tolerationSeconds", "How long a NoExecute taint is tolerated; absent: for ever."),
            Map.entry("value", "Value of the taint."),
            Map.entry("values", "Values for In and NotIn."),
            Map.entry("labelSelector", "The pods that are counted."),
            Map.entry("matchExpressions", "Rules that labels must fulfil, all of them."),
            Map.entry("matchLabels", "Labels that they must have, all of them."),
            Map.entry("matchLabelKeys", "Labels whose values are taken from the pod itself."),
            Map.entry("maxSkew", "By how many pods two domains may differ."),
            Map.entry("minDomains", "Fewer domains than that count as one more, without pods."),
            Map.entry("nodeAffinityPolicy", "Whether nodes that the pod does not ask for count: Honor or Ignore."),
            Map.entry("nodeTaintsPolicy", "Whether nodes with taints count: Honor or Ignore."),
            Map.entry("topologyKey", "The label of nodes whose values are the domains."),
            Map.entry("whenUnsatisfiable", "DoNotSchedule or ScheduleAnyway."));

    /** What a client-side {@code kubectl apply} can keep in an annotation. */
    private static final int LARGEST = 256 * 1024;

    static Set<String> files() {
        return KINDS.keySet();
    }

    @ParameterizedTest
    @MethodSource("files")
    void theDefinitionInTheRepositoryIsWhatTheTypesSay(String name) throws IOException {
        Path file = DIRECTORY.resolve(name);
        String generated = text(name);
        if ("write".equals(System.getProperty("golden"))) {
            Files.createDirectories(DIRECTORY);
            Files.writeString(file, generated);
        }
        assertThat(Files.readString(file)).isEqualTo(generated);
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFieldIsDescribedInOneSentence(String name) {
        JSONSchemaProps schema = schema(generate(name));
        assertThat(schema.getDescription()).as("kubectl explain").endsWith(".");
        var described = new ArrayList<String>();
        fields(schema, (path, field) -> {
            assertThat(field.getDescription())
                    .as(path)
                    .isNotNull()
                    .endsWith(".")
                    .hasSizeLessThan(140);
            described.add(path);
        });
        assertThat(described).hasSizeGreaterThan(80);
    }

    /** All of them, with those of the types of Kubernetes; apiVersion, kind and metadata are described by the API server. */
    private static void fields(JSONSchemaProps object, BiConsumer<String, JSONSchemaProps> each) {
        Optional.ofNullable(object.getProperties()).orElse(Map.of()).forEach((name, field) -> {
            each.accept(name, field);
            fields(field, each);
            Optional.ofNullable(field.getItems()).ifPresent(items -> fields(items.getSchema(), each));
        });
    }

    private static JSONSchemaProps schema(CustomResourceDefinition crd) {
        return crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    }

    @ParameterizedTest
    @MethodSource("files")
    void plainKubectlApplyCanStoreTheDefinition(String name) throws IOException {
        assertThat(Files.size(DIRECTORY.resolve(name))).isLessThan(LARGEST / 2);
    }

    /** As it is stored in {@code deploy/crds}. */
    static String text(String name) {
        return "# Generated from " + KINDS.get(name).getPackageName() + "; CrdTest with -Dgolden=write writes it.\n"
                + Serialization.asYaml(generate(name));
    }

    private static CustomResourceDefinition generate(String name) {
        var memory = new Memory();
        new CRDGenerator()
                .customResourceClasses(KINDS.get(name))
                .forCRDVersions("v1")
                .withOutput(memory)
                .detailedGenerate();
        CustomResourceDefinition crd =
                Serialization.unmarshal(memory.text.toString(StandardCharsets.UTF_8), CustomResourceDefinition.class);
        JSONSchemaProps schema = schema(crd);
        schema.setDescription(
                "A Redis service of many servers: groups of a master and its replicas share 1024 slots, and"
                        + " proxies take the clients.");
        fields(schema, (path, field) -> {
            if (field.getDescription() == null) {
                field.setDescription(OF_KUBERNETES.get(path));
            }
        });
        schema.setXKubernetesValidations(List.of(
                rule(
                        "size(self.metadata.name) <= " + LONGEST_NAME,
                        "the name is longer than " + LONGEST_NAME
                                + " letters; names of its pods would be too long for Kubernetes"),
                rule(
                        "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
                        "the name must begin with a letter and have only a-z, 0-9 and -, since Services are"
                                + " named after it")));
        schema.setRequired(List.of("spec"));
        crd.getSpec()
                .getVersions()
                .getFirst()
                .getAdditionalPrinterColumns()
                .sort(Comparator.comparing(column -> COLUMNS.indexOf(column.getName())));
        return crd;
    }

    /** Keeps the one file that is generated. */
    private static final class Memory implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {

        private final ByteArrayOutputStream text = new ByteArrayOutputStream();

        @Override
        public ByteArrayOutputStream outputFor(String name) {
            return text;
        }

        @Override
        public URI crdURI(String name) {
            return Path.of("target", name).toUri();
        }

        @Override
        public void close() {}
    }

    private static ValidationRule rule(String rule, String message) {
        return new ValidationRuleBuilder().withRule(rule).withMessage(message).build();
    }
}
