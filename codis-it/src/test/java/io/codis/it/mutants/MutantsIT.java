package io.codis.it.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each mutant's test fails, on real engines. {@code -Dmutants=all}, or the beginning of names: {@code -Dmutants=rule-04}.
 * The modules whose tests are named must be compiled, as they are in the whole build.
 */
@EnabledIfSystemProperty(named = "mutants", matches = ".+", disabledReason = "takes minutes: -Dmutants=all")
class MutantsIT {

    private static final long MINUTES = 5;

    private final Path root = Trees.root();

    @TempDir
    private Path scratch;

    @TestFactory
    Stream<DynamicTest> theTestOfARuleFailsWithoutTheRule() {
        String chosen = System.getProperty("mutants", "");
        List<Mutant> mutants = Mutant.all(root).stream()
                .filter(mutant -> chosen.equals("all") || mutant.name().startsWith(chosen))
                .toList();
        assertThat(mutants).as("mutants named " + chosen).isNotEmpty();
        return mutants.stream().map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> mustFail(mutant)));
    }

    private void mustFail(Mutant mutant) throws IOException, InterruptedException {
        Path classes = Mutated.compile(mutant, root, scratch.resolve(mutant.name()));
        Path log = scratch.resolve(mutant.name() + ".log");
        long start = System.nanoTime();
        int outcome = run(mutant, classes, log);
        List<String> failures = Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("FAILURE"))
                .toList();
        System.out.printf(
                "mutant %s seconds=%d outcome=%d %s%n",
                mutant.name(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start), outcome, failures);
        assertThat(outcome)
                .as("%s fails without rule %s: %s%n%s", mutant.test(), mutant.rule(), mutant.without(), tail(log))
                .isEqualTo(OneTest.FAILED);
    }

    private static int run(Mutant mutant, Path classes, Path log) throws IOException, InterruptedException {
        String classPath = classes + File.pathSeparator + Mutated.classPath(mutant, Trees.root());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        OneTest.class.getName(),
                        mutant.test().type(),
                        mutant.test().method())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            return process.waitFor(MINUTES, TimeUnit.MINUTES) ? process.exitValue() : -1;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }
}
