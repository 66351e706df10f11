package io.codis.it.mutants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One rule taken out of one file of the product.
 *
 * @param name of its file
 * @param rule as docs/safety.md numbers it, or {@code Words}
 * @param without what the product does without the rule
 * @param file whose text changes, from the root of the tree
 * @param search text to be found exactly once; how blanks and lines are set makes no difference
 * @param replace what comes in its place
 * @param test that must fail then
 */
record Mutant(String name, String rule, String without, String file, String search, String replace, TestName test) {

    /** @param module whose {@code target/test-classes} has it */
    record TestName(String module, String type, String method) {

        static TestName of(String text) {
            Matcher parts = Pattern.compile("(\\S+) (\\S+)\\.(\\w+)").matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("not \"module class.method\": " + text);
            }
            return new TestName(parts.group(1), parts.group(2), parts.group(3));
        }
    }

    static List<Mutant> all(Path root) {
        try (Stream<Path> files = Files.list(root.resolve("codis-it/src/test/mutants"))) {
            return files.sorted().map(Mutant::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mutant read(Path path) {
        try {
            Map<String, Object> fields =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(path));
            return new Mutant(
                    path.getFileName().toString().replace(".yaml", ""),
                    text(fields, "rule"),
                    text(fields, "without"),
                    text(fields, "file"),
                    text(fields, "search"),
                    text(fields, "replace"),
                    TestName.of(text(fields, "test")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
        }
    }

    private static String text(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("field " + name + " is missing");
        }
        return value.toString().strip();
    }

    /** The file's text without the rule. */
    String applied(Path root) {
        String before = source(root);
        Matcher found = pattern().matcher(before);
        long times = found.results().count();
        if (times != 1) {
            throw new AssertionError("mutant " + name + " is to change one place of " + file + " and finds " + times
                    + "; say anew where rule " + rule + " is kept");
        }
        return pattern().matcher(before).replaceFirst(Matcher.quoteReplacement(replace));
    }

    private String source(Path root) {
        try {
            return Files.readString(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("mutant " + name + ": " + file, e);
        }
    }

    private Pattern pattern() {
        return Pattern.compile(
                Stream.of(search.split("\\s+")).map(Pattern::quote).collect(Collectors.joining("\\s+")));
    }
}
