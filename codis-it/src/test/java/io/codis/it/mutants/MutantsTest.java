package io.codis.it.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mutants fit the present sources, so that {@link MutantsIT} says something about them. */
class MutantsTest {

    /** Rules whose fault was reproduced on real engines. Rules 5, 16 and 18 join when they are built. */
    private static final Set<String> REPRODUCED =
            Set.of("1", "2", "3", "4", "8", "9", "10", "11", "12", "14", "17", "20", "Words");

    private final Path root = Trees.root();

    @Test
    void everyMutantChangesOnePlaceOfThePresentSourcesAndCompiles(@TempDir Path scratch) throws IOException {
        for (Mutant mutant : Mutant.all(root)) {
            Mutated.compile(mutant, root, scratch.resolve(mutant.name()));
        }
    }

    @Test
    void everyMutantNamesATestThatIsThere() throws IOException {
        for (Mutant mutant : Mutant.all(root)) {
            Mutant.TestName test = mutant.test();
            Path source = root.resolve(test.module())
                    .resolve("src/test/java")
                    .resolve(test.type().replace('.', '/') + ".java");
            assertThat(Files.readString(source)).as(mutant.name()).contains("void " + test.method() + "(");
        }
    }

    @Test
    void everyReproducedFaultHasAMutantAndDocsSafetyNamesThemAll() throws IOException {
        String table = Files.readString(root.resolve("docs/safety.md"));
        var rules = new TreeSet<String>();
        for (Mutant mutant : Mutant.all(root)) {
            rules.add(mutant.rule());
            assertThat(table).contains("`" + mutant.name() + "`");
        }
        assertThat(rules).containsAll(REPRODUCED);
    }

    @Test
    void aMutantThatFindsItsPlaceTwiceOrNowhereIsRefused(@TempDir Path tree) throws IOException {
        Files.writeString(tree.resolve("A.java"), "one();\n  two(\n    1);\none();\n");

        assertThat(mutant("two( 1);").applied(tree)).isEqualTo("one();\n  gone\none();\n");
        for (String search : List.of("one();", "three();")) {
            assertThatThrownBy(() -> mutant(search).applied(tree)).hasMessageContaining("one place of A.java");
        }
    }

    private static Mutant mutant(String search) {
        return new Mutant("m", "1", "-", "A.java", search, "gone", Mutant.TestName.of("codis-it a.B.c"));
    }
}
