package io.codis.cli.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.ServiceType;
import io.codis.core.spec.SpecReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {

    private static final Path EXAMPLES = Path.of("..", "examples");

    static Stream<Path> examples() throws IOException {
        return Files.list(EXAMPLES).filter(file -> file.toString().endsWith(".yaml"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void everyExampleIsValidAndReadsBackFromWhatIsStored(Path file) {
        CodisClusterSpec spec = valid(file).spec();

        assertThat(ClusterFile.require(ClusterFile.text(spec))).isEqualTo(spec);
    }

    static Stream<Path> wrong() throws IOException {
        return Files.list(EXAMPLES.resolve("invalid"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void aWrongExampleIsRefusedHereUnlessItSaysThatOnlyKubernetesDoes(Path file) throws IOException {
        boolean accepted = ClusterFile.read(file) instanceof SpecReading.Valid;

        assertThat(Files.readString(file).contains("\n# only on Kubernetes: ")).isEqualTo(accepted);
    }

    @Test
    void theDefaultClusterIsTwoGroupsOfTwoBehindOneProxy() {
        CodisClusterSpec spec = valid(EXAMPLES.resolve("local.yaml")).spec();

        assertThat(spec.redis().groups()).isEqualTo(2);
        assertThat(spec.redis().perGroup()).isEqualTo(2);
        assertThat(spec.proxy().replicas()).isEqualTo(1);
        assertThat(spec.proxy().exposure().port()).isEqualTo(19000);
        assertThat(spec.redis().engineSettings()).isEqualTo(Map.of("appendonly", "yes"));
    }

    @Test
    void whatIsNotWrittenHasItsDefault() {
        SpecReading.Valid minimal = valid(EXAMPLES.resolve("minimal.yaml"));

        assertThat(minimal.notes()).isEmpty();
        CodisClusterSpec spec = minimal.spec();
        assertThat(spec.productName()).isEqualTo("minimal");
        assertThat(spec.dashboard().exposure().port()).isEqualTo(18080);
        assertThat(spec.fe().exposure().port()).isEqualTo(9090);
        assertThat(spec.proxy().exposure().port()).isEqualTo(19000);
        assertThat(spec.proxy().auth()).isEmpty();
        assertThat(spec.redis().port()).isEqualTo(6381);
    }

    @Test
    void everyFieldOfTheFullExampleIsRead() {
        SpecReading.Valid full = valid(EXAMPLES.resolve("infra_v1_codiscluster.yaml"));

        CodisClusterSpec spec = full.spec();
        assertThat(spec.productName()).isEqualTo("codis");
        assertThat(spec.zkAddr()).contains("172.17.2.70:2181");
        assertThat(spec.fe().exposure().type()).isEqualTo(ServiceType.NODE_PORT);
        assertThat(spec.proxy().exposure().port()).isEqualTo(31900);
        assertThat(spec.proxy().auth()).contains("123456");
        assertThat(spec.dashboard().placement().affinity()).containsOnlyKeys("nodeAffinity");
        assertThat(spec.redis().logPath()).contains("/data/logs");
        assertThat(spec.redis().placement().resources().memoryLimit()).hasValue(1L << 30);
        assertThat(spec.redis().extras().scheduler()).contains("default-scheduler");
        assertThat(spec.redis().extras().backup().map(backup -> backup.schedule()))
                .contains("0 3 * * *");
        assertThat(spec.redis().extras().storageResources().requests()).isEqualTo(Map.of("storage", "10Gi"));
    }

    @Test
    void fieldsForKubernetesAreNamedInOneLine() {
        List<String> notes =
                valid(EXAMPLES.resolve("infra_v1_codiscluster.yaml")).notes();

        assertThat(notes)
                .containsExactly(
                        "zkAddr 172.17.2.70:2181 is noted; on one machine the coordinator is a directory",
                        "without effect on one machine, used on Kubernetes: logPath, codisImage, serviceType, affinity,"
                                + " codisFeResources, codisDashboardResources, codisHaResources, codisProxyResources,"
                                + " scheduler, exporterImage, codisServerExporterResources, backupImage, backupCronJob,"
                                + " storageClassName, storageResources");
    }

    @Test
    void linesOfAnEngineFileBecomeSettingsExceptThoseThatCodisDecides() {
        SpecReading reading = ClusterFile.parse("""
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata:
                  name: test
                spec:
                  redisSpec:
                    redisConf:
                      redis.conf: |
                        # comment
                        port 6379
                        maxmemory 32mb
                        save 900 1
                        save 300 10
                        dir ./
                      hz: 20
                      appendonly: yes
                """);

        assertThat(reading).isInstanceOf(SpecReading.Valid.class);
        var valid = (SpecReading.Valid) reading;
        assertThat(valid.spec().redis().engineSettings())
                .isEqualTo(Map.of("maxmemory", "32mb", "save", "900 1 300 10", "hz", "20", "appendonly", "yes"));
        assertThat(valid.notes()).containsExactly("left out of redis.conf, as Codis sets them: dir, port");
    }

    @Test
    void everyFieldOfKubernetesIsKeptWhenASpecIsStored() {
        CodisClusterSpec spec = valid(Path.of("../codis-operator/src/test/resources/objects/everything/spec.yaml"))
                .spec();

        assertThat(ClusterFile.require(ClusterFile.text(spec))).isEqualTo(spec);
    }

    @Test
    void aPasswordIsNeverShown() {
        CodisClusterSpec spec =
                valid(EXAMPLES.resolve("infra_v1_codiscluster.yaml")).spec();

        assertThat(spec.toString()).doesNotContain("123456");
        assertThat(Optional.of(spec.document().toString())).get().asString().contains("123456");
    }

    private static SpecReading.Valid valid(Path file) {
        SpecReading reading = ClusterFile.read(file);
        assertThat(reading).as(file + ": " + reading).isInstanceOf(SpecReading.Valid.class);
        return (SpecReading.Valid) reading;
    }
}
