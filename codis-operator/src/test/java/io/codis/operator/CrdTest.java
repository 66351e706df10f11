package io.codis.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.operator.api.CodisCluster;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code deploy/crds} is written by this test, with {@code -Dgolden=write}. */
class CrdTest {

    private static final Path FILE = Path.of("../deploy/crds/codisclusters.k8s.infra.cn.yaml");
    /** StatefulSets of up to 999 groups must have names of at most 52 letters. */
    private static final int LONGEST_NAME = 22;
    /** The generator sorts them by their names. */
    private static final List<String> COLUMNS =
            List.of("Phase", "Groups", "Slots", "Servers", "Proxies", "Address", "Age", "Message");
    /** What a client-side {@code kubectl apply} can keep in an annotation. */
    private static final int LARGEST = 256 * 1024;

    @Test
    void theDefinitionInTheRepositoryIsWhatTheTypesSay() throws IOException {
        String generated = text();
        if ("write".equals(System.getProperty("golden"))) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, generated);
        }
        assertThat(Files.readString(FILE)).isEqualTo(generated);
    }

    @Test
    void plainKubectlApplyCanStoreTheDefinition() throws IOException {
        assertThat(Files.size(FILE)).isLessThan(LARGEST / 2);
    }

    /** As it is stored in {@code deploy/crds}. */
    static String text() {
        return "# Generated from io.codis.operator.api; CrdTest with -Dgolden=write writes it.\n"
                + Serialization.asYaml(generate());
    }

    private static CustomResourceDefinition generate() {
        var memory = new Memory();
        new CRDGenerator()
                .customResourceClasses(CodisCluster.class)
                .forCRDVersions("v1")
                .withOutput(memory)
                .detailedGenerate();
        CustomResourceDefinition crd =
                Serialization.unmarshal(memory.text.toString(StandardCharsets.UTF_8), CustomResourceDefinition.class);
        JSONSchemaProps schema =
                crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
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
