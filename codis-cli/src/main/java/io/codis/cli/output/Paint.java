package io.codis.cli.output;

/**
 * Marks and colours.
 *
 * @param colour off for files and pipes
 */
public record Paint(boolean colour) {

    /** A green tick or a red cross. */
    public String mark(boolean good) {
        return good ? dye("32", "✔") : dye("31", "✘");
    }

    public String bold(String text) {
        return dye("1", text);
    }

    public String faint(String text) {
        return dye("2", text);
    }

    public String alarm(String text) {
        return dye("31", text);
    }

    private String dye(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
