package io.codis.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SourceRulesTest {

    private static final int LONGEST_FILE = 400;

    @Test
    void everyPackageSaysWhatItOwnsAndIsNullMarked() {
        TreeSet<String> wrong = new TreeSet<>();
        for (Path file : Sources.main()) {
            Path info = file.resolveSibling("package-info.java");
            if (!Files.exists(info)) {
                wrong.add(Sources.name(file.getParent()) + ": no package-info.java");
            } else if (!Sources.read(info).contains("@NullMarked")) {
                wrong.add(Sources.name(info) + ": not @NullMarked");
            } else if (!saysSomething(Sources.read(info))) {
                wrong.add(Sources.name(info) + ": does not say what the package owns");
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean saysSomething(String info) {
        int start = info.indexOf("/**");
        return start >= 0 && info.indexOf("*/") - start > 40 && !info.contains("To be described");
    }

    @Test
    void noShippedFileIsTooLongToReadAtOnce() {
        Sources.all().stream()
                .filter(SourceRulesTest::isTooLong)
                .forEach(file -> System.out.println("longer than " + LONGEST_FILE + " lines: " + Sources.name(file)));
        List<String> shipped = Sources.main().stream()
                .filter(SourceRulesTest::isTooLong)
                .map(Sources::name)
                .toList();
        assertThat(shipped).isEmpty();
    }

    private static boolean isTooLong(Path file) {
        return Sources.read(file).lines().count() > LONGEST_FILE;
    }

    /** Safety rule 20: before anything is looked up. */
    @Test
    void everyProgramLooksNamesUpAnew() {
        List<String> mains = Sources.main().stream()
                .filter(file -> Sources.read(file).contains("public static void main("))
                .filter(file -> !Sources.read(file)
                        .matches("(?s).*public static void main\\([^)]*\\) \\{\\s*Names\\.lookUpAnew\\(\\);.*"))
                .map(Sources::name)
                .toList();
        assertThat(mains).isEmpty();
    }

    /** Safety rule 15, past all classes: no other program has the words for it. */
    @Test
    void nobodyElseSpeaksToLaunchersOfRoles() {
        List<String> speakers = Sources.main().stream()
                .filter(file -> !file.toString().contains("/codis-testkit/"))
                .filter(file -> Sources.read(file).matches("(?s).*\"[^\"\n]*/api/server/(?!peer|state).*"))
                .map(file -> file.getFileName().toString())
                .toList();
        assertThat(speakers).containsExactlyInAnyOrder("LauncherClient.java", "ServerApi.java");
    }

    @Test
    void theScanSeesTheModules() {
        assertThat(Sources.main().stream().map(Sources::name))
                .anyMatch(name -> name.startsWith("codis-core/"))
                .anyMatch(name -> name.startsWith("codis-testkit/"));
        assertThat(Sources.all().stream().map(Sources::name)).anyMatch(name -> name.contains("/src/test/"));
    }
}
