package io.codis.core.spec;

import io.codis.core.spec.SpecTree.Mapping;
import io.codis.core.spec.SpecTree.Scalar;
import io.codis.core.spec.SpecTree.Sequence;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fields of one mapping; what is asked for is known, and {@link #end()} reports the rest as unknown.
 *
 * <p>A field that is wrong is reported and read as absent, so that one pass finds every problem.
 */
final class Fields {

    private final String path;
    private final Mapping mapping;
    private final Findings findings;
    private final Set<String> known = new LinkedHashSet<>();

    Fields(String path, Mapping mapping, Findings findings) {
        this.path = path;
        this.mapping = mapping;
        this.findings = findings;
    }

    /** The text of a field that is neither absent nor empty. */
    Optional<String> text(String key) {
        return read(key).flatMap(tree -> {
            if (tree instanceof Scalar(int line, SpecTree.Type type, String text)) {
                if (type == SpecTree.Type.TEXT) {
                    return text.isBlank() ? Optional.empty() : Optional.of(text);
                }
                if (type == SpecTree.Type.NULL) {
                    return Optional.empty();
                }
                findings.wrong(at(key), line, text, "not a text; put it in quotes");
                return Optional.empty();
            }
            return wrongShape(key, tree, "a text");
        });
    }

    /** A quantity: a text, or a plain number. */
    Optional<String> amount(String key) {
        return read(key)
                .filter(tree -> !isNull(tree))
                .flatMap(tree -> tree instanceof Scalar scalar
                        ? Optional.of(scalar.text())
                        : wrongShape(key, tree, "a quantity"));
    }

    /** Like {@link #text} for a secret: problems do not show it. */
    Optional<String> secret(String key) {
        return read(key).flatMap(tree -> {
            if (tree instanceof Scalar(int line, SpecTree.Type type, String text)) {
                if (type == SpecTree.Type.TEXT && !text.lines().allMatch(String::isEmpty)) {
                    return Optional.of(text);
                }
                findings.wrong(
                        at(key),
                        line,
                        "",
                        type == SpecTree.Type.TEXT || type == SpecTree.Type.NULL
                                ? "an empty password; write one, or leave the field out for none"
                                : "not a text; put the password in quotes");
                return Optional.empty();
            }
            findings.wrong(at(key), tree.line(), "", "not a text; put the password in quotes");
            return Optional.empty();
        });
    }

    OptionalInt whole(String key, int min, int max) {
        return whole(key, min, max, "out of range", range(min, max));
    }

    /**
     * How many there are of what a cluster cannot be without.
     *
     * @param none what is wrong with 0
     * @param use which numbers are right
     */
    OptionalInt count(String key, int max, String none, String use) {
        return whole(key, 1, max, none, use);
    }

    /** As the other, all numbers up to {@code max} being right. */
    OptionalInt count(String key, int max, String none) {
        return count(key, max, none, range(1, max));
    }

    private OptionalInt whole(String key, int min, int max, String zero, String use) {
        Optional<SpecTree> field = read(key);
        if (field.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!(field.get() instanceof Scalar(int line, SpecTree.Type type, String text))) {
            wrongShape(key, field.get(), "a whole number");
            return OptionalInt.empty();
        }
        if (type != SpecTree.Type.WHOLE) {
            boolean quoted = type == SpecTree.Type.TEXT && text.matches("[0-9]{1,9}");
            findings.wrong(
                    at(key),
                    line,
                    quoted ? '"' + text + '"' : text,
                    quoted ? "a text, not a whole number; take the quotes away" : "not a whole number; " + use);
            return OptionalInt.empty();
        }
        long value = parse(text);
        if (value < min || value > max) {
            findings.wrong(at(key), line, text, (value == 0 ? zero : "out of range") + "; " + use);
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) value);
    }

    int whole(String key, int min, int max, int fallback) {
        return whole(key, min, max).orElse(fallback);
    }

    int port(String key, int fallback) {
        return whole(key, 1, 65_535, fallback);
    }

    /** One of {@code words}. */
    Optional<String> choice(String key, List<String> words) {
        Optional<String> text = text(key);
        if (text.isPresent() && !words.contains(text.get())) {
            String meant = Spelling.nearest(text.get(), words)
                    .map(word -> "did you mean " + word + "?")
                    .orElse("use " + String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast());
            findings.wrong(at(key), line(key), text.get(), "unknown value; " + meant);
            return Optional.empty();
        }
        return text;
    }

    /** The mapping of a field; empty fields if it is absent, so that defaults are read the same way. */
    Fields object(String key) {
        Optional<SpecTree> field = read(key);
        if (field.isPresent() && field.get() instanceof Mapping given) {
            return new Fields(at(key), given, findings);
        }
        field.filter(tree -> !isNull(tree)).ifPresent(tree -> wrongShape(key, tree, "a mapping of fields"));
        return new Fields(at(key), Mapping.empty(mapping.line()), findings);
    }

    /** A mapping of names to texts; numbers and booleans are taken as they are written. */
    Map<String, String> texts(String key) {
        Optional<SpecTree> field = read(key);
        var texts = new LinkedHashMap<String, String>();
        if (field.isPresent() && field.get() instanceof Mapping given) {
            findings.duplicates(at(key), given);
            given.entries().forEach((name, value) -> {
                if (value instanceof Scalar scalar) {
                    texts.put(name, scalar.text());
                } else {
                    findings.wrong(at(key) + "." + name, value.line(), "", "not a text but " + shape(value));
                }
            });
        } else {
            field.filter(tree -> !isNull(tree)).ifPresent(tree -> wrongShape(key, tree, "a mapping of names to texts"));
        }
        return texts;
    }

    /** A mapping that is passed on as it is. */
    @SuppressWarnings("unchecked")
    Map<String, Object> opaque(String key) {
        Optional<SpecTree> field = read(key);
        if (field.isPresent() && field.get() instanceof Mapping given) {
            return (Map<String, Object>) given.plain();
        }
        field.filter(tree -> !isNull(tree)).ifPresent(tree -> wrongShape(key, tree, "a mapping of fields"));
        return Map.of();
    }

    /** Fields that only Kubernetes knows, as they are written. */
    Map<String, Object> passedOn(List<String> keys) {
        var given = new LinkedHashMap<String, Object>();
        for (String key : keys) {
            read(key).filter(tree -> !isNull(tree)).ifPresent(tree -> {
                findings.kubernetesOnly(key);
                given.put(key, tree.plain());
            });
        }
        return given;
    }

    boolean truth(String key, boolean fallback) {
        Optional<SpecTree> field = read(key).filter(tree -> !isNull(tree));
        if (field.isPresent() && field.get() instanceof Scalar scalar && scalar.type() == SpecTree.Type.BOOL) {
            return Boolean.parseBoolean(scalar.text());
        }
        field.ifPresent(tree -> wrong(key, "not a truth value; write true or false"));
        return fallback;
    }

    boolean has(String key) {
        @Nullable SpecTree value = mapping.entries().get(key);
        return value != null && !isNull(value);
    }

    /** Fields that others own, accepted without a look. */
    void ignore(String... keys) {
        known.addAll(List.of(keys));
    }

    /** Names a field that one machine has no use for, if it is given. */
    void kubernetesOnly(String... keys) {
        for (String key : keys) {
            if (has(key)) {
                findings.kubernetesOnly(key);
            }
        }
    }

    void wrong(String key, String message) {
        @Nullable SpecTree value = mapping.entries().get(key);
        findings.wrong(at(key), line(key), value instanceof Scalar scalar ? scalar.text() : "", message);
    }

    String path() {
        return path;
    }

    int line(String key) {
        @Nullable SpecTree value = mapping.entries().get(key);
        return value == null ? mapping.line() : value.line();
    }

    /** Reports what nobody asked for. */
    void end() {
        findings.duplicates(path, mapping);
        mapping.entries().forEach((key, value) -> {
            if (!known.contains(key)) {
                String remedy = Spelling.nearest(key, known)
                        .map(word -> "did you mean " + word + "?")
                        .orElse("remove it; known here: " + String.join(", ", known));
                findings.wrong(at(key), value.line(), "", "unknown field; " + remedy);
            }
        });
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private Optional<SpecTree> read(String key) {
        known.add(key);
        return Optional.ofNullable(mapping.entries().get(key));
    }

    private <T> Optional<T> wrongShape(String key, SpecTree tree, String wanted) {
        String value = tree instanceof Scalar scalar ? scalar.text() : "";
        findings.wrong(at(key), tree.line(), value, "this must be " + wanted + ", but it is " + shape(tree));
        return Optional.empty();
    }

    private static String shape(SpecTree tree) {
        return switch (tree) {
            case Scalar scalar -> scalar.type() == SpecTree.Type.TEXT ? "a text" : "a single value";
            case Mapping mapping -> "a mapping";
            case Sequence sequence -> "a list";
        };
    }

    private static boolean isNull(SpecTree tree) {
        return tree instanceof Scalar scalar && scalar.type() == SpecTree.Type.NULL;
    }

    static String range(int min, int max) {
        return max == Integer.MAX_VALUE ? "use " + min + " or more" : "use " + min + " to " + max;
    }

    private static long parse(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException beyond) {
            return text.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
