package io.codis.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.spec.SpecProblem;
import io.codis.operator.api.CodisCluster;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server accepts; what it refuses is tested where there is one. */
class OperatorExamplesTest {

    static Stream<Path> refusedByTheOperator() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("../examples/invalid"))) {
            return all.filter(file -> read(file).startsWith("# refused by: operator")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("refusedByTheOperator")
    void whatTheApiServerLetsPassIsRefusedWithTheExpectedMessage(Path file) {
        String text = read(file);
        CodisCluster resource = Serialization.unmarshal(text, CodisCluster.class);
        String expected = text.lines()
                .filter(line -> line.startsWith("# expected: "))
                .findFirst()
                .orElseThrow()
                .substring("# expected: ".length());

        Wanted.Reading reading = Wanted.read(resource, "codis:test");

        assertThat(reading).isInstanceOf(Wanted.Reading.Wrong.class);
        assertThat(((Wanted.Reading.Wrong) reading)
                        .problems().stream().map(SpecProblem::text).collect(Collectors.joining("; ")))
                .isEqualTo(expected);
    }

    /** All but that of one machine, whose servers have ports. */
    static Stream<Path> right() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("../examples"))) {
            return all
                    .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("local.yaml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("right")
    void everyExampleIsAClusterOfTheOperatorToo(Path file) {
        CodisCluster resource = Serialization.unmarshal(read(file), CodisCluster.class);

        assertThat(Wanted.read(resource, "codis:test")).isInstanceOf(Wanted.Reading.Right.class);
    }

    /** The blocks of the manual that say which kind they are. */
    static Stream<String> inTheManual() {
        return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(read(Path.of("../docs/kubernetes.md")))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("kind: CodisCluster"));
    }

    @ParameterizedTest
    @MethodSource("inTheManual")
    void everyExampleOfTheManualIsACluster(String text) {
        CodisCluster resource = Serialization.unmarshal(text, CodisCluster.class);

        assertThat(Wanted.read(resource, "codis:test")).isInstanceOf(Wanted.Reading.Right.class);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
