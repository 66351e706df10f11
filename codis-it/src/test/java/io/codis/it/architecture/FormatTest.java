package io.codis.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every file looks as the formatter leaves it; {@code -Dformat=write} makes it so. */
class FormatTest {

    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(false)
            .build());

    @Test
    void everyFileIsFormatted() throws Exception {
        boolean write = "write".equals(System.getProperty("format"));
        List<String> unformatted = new ArrayList<>();
        String module = System.getProperty("format.module", "");
        for (Path file : Sources.all()) {
            if (!Sources.name(file).startsWith(module)) {
                continue;
            }
            String before = Sources.read(file);
            String after = format(file, before);
            if (!before.equals(after) && write) {
                Files.writeString(file, after);
            } else if (!before.equals(after)) {
                unformatted.add(Sources.name(file) + " " + firstDifference(before, after));
            }
        }
        assertThat(unformatted)
                .as("CONTRIBUTING.md, \"Formatting\", says how to format them")
                .isEmpty();
    }

    @Test
    void theFormatterIsAtWork() throws Exception {
        String ugly = "package a;\nimport java.util.Map;\nimport java.util.List;\nclass A{List<A>  l;}\n";
        assertThat(format(Path.of("A.java"), ugly))
                .isEqualTo("package a;\n\nimport java.util.List;\n\nclass A {\n    List<A> l;\n}\n");
    }

    private static String format(Path file, String source) throws IOException {
        try {
            String imports = ImportOrderer.reorderImports(source, JavaFormatterOptions.Style.PALANTIR);
            return FORMATTER.formatSource(RemoveUnusedImports.removeUnusedImports(imports));
        } catch (FormatterException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static String firstDifference(String before, String after) {
        List<String> old = before.lines().toList();
        List<String> fresh = after.lines().toList();
        int line = 0;
        while (line < Math.min(old.size(), fresh.size()) && old.get(line).equals(fresh.get(line))) {
            line++;
        }
        return "line " + (line + 1);
    }
}
