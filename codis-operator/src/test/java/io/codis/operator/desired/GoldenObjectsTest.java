package io.codis.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.plan.Part;
import io.codis.operator.api.CodisCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every object of a few clusters, as files that people read; {@code -Dgolden=write} writes them. */
class GoldenObjectsTest {

    private static final Path CASES = Path.of("src/test/resources/objects");

    static Stream<Path> cases() throws IOException {
        try (Stream<Path> all = Files.list(CASES)) {
            return all.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theObjectsOfAClusterAreThoseOfItsFiles(Path folder) throws IOException {
        var actual = new TreeMap<String, String>();
        objects(wanted(folder)).forEach(object -> actual.put(fileName(object), readable(object)));
        Path expected = folder.resolve("expected");
        if ("write".equals(System.getProperty("golden"))) {
            write(expected, actual);
        }
        var there = new TreeMap<String, String>();
        try (Stream<Path> files = Files.list(expected)) {
            for (Path file : files.toList()) {
                there.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        assertThat(actual.keySet()).isEqualTo(there.keySet());
        actual.forEach((name, text) -> assertThat(text).as(name).isEqualTo(there.get(name)));
    }

    /** Without the copy of its template that a workload carries. */
    private static String readable(HasMetadata object) {
        Map<String, String> notes = object.getMetadata().getAnnotations();
        if (notes != null && notes.remove("k8s.infra.cn/template") instanceof String copy) {
            assertThat(Serialization.asJson(object)).contains("\"template\":" + copy);
        }
        return Serialization.asYaml(object);
    }

    private static Wanted wanted(Path folder) throws IOException {
        CodisCluster resource =
                Serialization.unmarshal(Files.readString(folder.resolve("spec.yaml")), CodisCluster.class);
        resource.getMetadata().setNamespace("shop");
        resource.getMetadata().setUid("6f1a");
        Wanted.Reading reading = Wanted.read(resource, "codis:test");
        assertThat(reading).isInstanceOf(Wanted.Reading.Right.class);
        return ((Wanted.Reading.Right) reading).wanted();
    }

    private static List<HasMetadata> objects(Wanted wanted) {
        var desired = new DesiredCluster(wanted);
        var groups = new ArrayList<Integer>();
        for (int group = 1; group <= wanted.spec().redis().groups(); group++) {
            groups.add(group);
        }
        var objects = new ArrayList<>(desired.surroundings(groups));
        objects.add(desired.secret("0".repeat(64)));
        desired.exporterLogin("0".repeat(64)).ifPresent(objects::add);
        desired.monitor().ifPresent(objects::add);
        groups.forEach(group ->
                objects.add(desired.servers(group, wanted.spec().redis().perGroup())));
        for (Part part : Part.values()) {
            objects.add(desired.part(part));
        }
        objects.add(desired.proxies(wanted.spec().proxy().replicas()));
        desired.backups(Optional.of("node-1")).ifPresent(objects::add);
        desired.backupClaim().ifPresent(objects::add);
        return objects;
    }

    private static String fileName(HasMetadata object) {
        return object.getKind().toLowerCase(Locale.ROOT) + "-"
                + object.getMetadata().getName() + ".yaml";
    }

    private static void write(Path folder, TreeMap<String, String> files) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> old = Files.walk(folder)) {
                for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
        for (var file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }
}
