package io.codis.core.config;

/**
 * One setting: everything there is to know about it.
 *
 * @param name in TOML and JSON
 * @param fallback its value when the file does not name it
 * @param comment for people, one or two sentences
 */
public record Key<T>(String name, Kind<T> kind, T fallback, Check<T> check, Shown shown, String comment) {

    /** How the API shows a value. */
    public enum Shown {
        PLAIN,
        /** Only whether it is set. */
        MASKED,
        /** Not at all. */
        NEVER
    }

    static Key<String> text(String name, String fallback, Check<String> check, String comment) {
        return new Key<>(name, new Kind.Text(), fallback, check, Shown.PLAIN, comment);
    }

    static Key<String> secret(String name, Shown shown, String comment) {
        return new Key<>(name, new Kind.Text(), "", Check.any(), shown, comment);
    }

    static Key<Integer> number(String name, int fallback, Check<Integer> check, String comment) {
        return new Key<>(name, new Kind.Whole(), fallback, check, Shown.PLAIN, comment);
    }

    static Key<Boolean> flag(String name, boolean fallback, String comment) {
        return new Key<>(name, new Kind.Flag(), fallback, Check.any(), Shown.PLAIN, comment);
    }

    static Key<ByteSize> size(String name, String fallback, Check<ByteSize> check, String comment) {
        return new Key<>(name, new Kind.Size(), ByteSize.parse(fallback), check, Shown.PLAIN, comment);
    }

    static Key<Span> span(String name, String fallback, Check<Span> check, String comment) {
        return new Key<>(name, new Kind.Time(), Span.parse(fallback), check, Shown.PLAIN, comment);
    }

    /** As in JSON. */
    Object json(Object value) {
        T typed = kind.type().cast(value);
        return shown == Shown.MASKED && !kind.json(typed).equals("") ? "***" : kind.json(typed);
    }
}
