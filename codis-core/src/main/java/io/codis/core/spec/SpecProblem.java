package io.codis.core.spec;

/**
 * One thing that is wrong with a specification.
 *
 * @param path such as {@code spec.redisSpec.replicas}; empty for the document as a whole
 * @param line in the file, 0 if unknown
 * @param value as written, empty if there is none to show; never a secret
 * @param message what is wrong and what to write instead
 */
public record SpecProblem(String path, int line, String value, String message) {

    /** One line for people. */
    public String text() {
        var text = new StringBuilder(path);
        if (line > 0) {
            text.append(path.isEmpty() ? "line " + line : " (line " + line + ")");
        }
        if (!value.isEmpty()) {
            text.append(" = ").append(value);
        }
        return (text.isEmpty() ? "" : text + ": ") + message;
    }
}
