package io.codis.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** All ways of installing come from {@code deploy/operator} and the definition; {@code -Dgolden=write} writes them. */
class InstallTest {

    private static final Path ROOT = Path.of("..");
    private static final String IMAGE = "codis:4.0.0";
    private static final String GENERATED = "# Rendered from deploy/operator by InstallTest; do not edit.\n";

    /** Names of the first operator for Codis. */
    private static final String NAMESPACE = "codis-operater-system";

    private static final String NAME = "codis-operater-controller-manager";

    @Test
    void everyInstallFileIsRenderedFromTheOneSource() throws IOException {
        Map<String, String> files = rendered();
        if ("write".equals(System.getProperty("golden"))) {
            for (var file : files.entrySet()) {
                Files.createDirectories(ROOT.resolve(file.getKey()).getParent());
                Files.writeString(ROOT.resolve(file.getKey()), file.getValue());
            }
        }
        for (var file : files.entrySet()) {
            assertThat(Files.readString(ROOT.resolve(file.getKey())))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
    }

    @Test
    void theImageIsNamedAfterTheVersionThatProgramsTell() throws IOException {
        String version = IMAGE.substring(IMAGE.indexOf(':') + 1);

        assertThat(Files.readString(ROOT.resolve("pom.xml")))
                .contains("<artifactId>codis</artifactId>\n  <version>" + version + "</version>");
        assertThat(Files.readString(ROOT.resolve("Dockerfile"))).contains("ARG VERSION=" + version + "\n");
    }

    private static Map<String, String> rendered() throws IOException {
        String crd = CrdTest.KINDS.keySet().stream().map(CrdTest::text).collect(Collectors.joining("---\n"));
        String source = Files.readString(ROOT.resolve("deploy/operator/operator.yaml"));
        String operator = filled(source, NAME, NAMESPACE, IMAGE, "");
        String namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + NAMESPACE + "\n";
        var files = new TreeMap<String, String>();
        files.put("deploy/install.yaml", GENERATED + namespace + "---\n" + crd + "---\n" + operator);
        files.put("config/default/namespace.yaml", GENERATED + namespace);
        files.put("config/default/operator.yaml", GENERATED + operator);
        files.put("config/default/crd.yaml", GENERATED + crd);
        files.put(
                "config/default/kustomization.yaml",
                GENERATED + "resources:\n  - namespace.yaml\n  - crd.yaml\n  - operator.yaml\n");
        files.put(
                "deploy/helm/codis-operator/templates/operator.yaml",
                GENERATED.replace("# ", "{{- /* ").replace(".\n", ". */}}\n")
                        + filled(
                                source,
                                "{{ .Release.Name }}",
                                "{{ .Release.Namespace }}",
                                "{{ .Values.image }}",
                                "{{ join \",\" .Values.watchNamespaces }}"));
        files.put("deploy/helm/codis-operator/crds/codisclusters.yaml", GENERATED + crd);
        return files;
    }

    private static String filled(String source, String name, String namespace, String image, String watch) {
        return source.replace("__NAMESPACE__", namespace)
                .replace("__NAME__", name)
                .replace("__IMAGE__", image)
                .replace("__WATCH__", watch);
    }
}
