package io.codis.core.config;

/**
 * How a value is written. Raw values are {@code String}, {@code Long}, {@code Double} or {@code Boolean}, as TOML has
 * them.
 */
public sealed interface Kind<T> {

    /** The Java type of a value. */
    Class<T> type();

    /**
     * Reads a raw value.
     *
     * @throws IllegalArgumentException with a message that says what to write instead
     */
    T parse(Object raw);

    /** As it is written in JSON: sizes and durations are text there, by contract. */
    default Object json(T value) {
        return value.toString();
    }

    /** As it is written in TOML. */
    default String toml(T value) {
        return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Any text. */
    record Text() implements Kind<String> {
        @Override
        public Class<String> type() {
            return String.class;
        }

        @Override
        public String parse(Object raw) {
            if (raw instanceof String text) {
                return text;
            }
            throw new IllegalArgumentException("not a text; put it in quotes");
        }
    }

    /** A whole number of 32 bits. */
    record Whole() implements Kind<Integer> {
        @Override
        public Class<Integer> type() {
            return Integer.class;
        }

        @Override
        public Integer parse(Object raw) {
            if (raw instanceof Long number && number == number.intValue()) {
                return number.intValue();
            }
            throw new IllegalArgumentException(
                    raw instanceof Long
                            ? "out of range; write a smaller number"
                            : "not a whole number; write it without quotes and fraction, such as 100");
        }

        @Override
        public Object json(Integer value) {
            return value;
        }

        @Override
        public String toml(Integer value) {
            return value.toString();
        }
    }

    /** True or false. */
    record Flag() implements Kind<Boolean> {
        @Override
        public Class<Boolean> type() {
            return Boolean.class;
        }

        @Override
        public Boolean parse(Object raw) {
            if (raw instanceof Boolean flag) {
                return flag;
            }
            throw new IllegalArgumentException("neither true nor false; write one of them without quotes");
        }

        @Override
        public Object json(Boolean value) {
            return value;
        }

        @Override
        public String toml(Boolean value) {
            return value.toString();
        }
    }

    /** A number of bytes. */
    record Size() implements Kind<ByteSize> {
        @Override
        public Class<ByteSize> type() {
            return ByteSize.class;
        }

        @Override
        public ByteSize parse(Object raw) {
            return ByteSize.parse(raw instanceof Boolean ? "" : raw.toString());
        }
    }

    /** A length of time. */
    record Time() implements Kind<Span> {
        @Override
        public Class<Span> type() {
            return Span.class;
        }

        @Override
        public Span parse(Object raw) {
            return Span.parse(raw instanceof Boolean ? "" : raw.toString());
        }
    }
}
