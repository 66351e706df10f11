package io.codis.testkit.resp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** One reply of a server. Source: the Redis serialization protocol specification, RESP2 and RESP3. */
public sealed interface Reply {

    /** {@code +OK}. */
    record Status(String text) implements Reply {}

    /** {@code -ERR ...}; the text without the minus. */
    record Failure(String text) implements Reply {}

    /** {@code :1}. */
    record Num(long value) implements Reply {}

    /** {@code $3}. */
    record Bulk(byte[] bytes) implements Reply {

        @Override
        public boolean equals(Object other) {
            return other instanceof Bulk bulk && Arrays.equals(bytes, bulk.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Bulk[" + new String(bytes, StandardCharsets.ISO_8859_1) + "]";
        }
    }

    /** {@code $-1} and {@code *-1}. */
    record Nil() implements Reply {}

    /** {@code *2}. */
    record Many(List<Reply> items) implements Reply {}

    /** What only RESP3 has: a null, boolean, double, big number, verbatim string, map, set or push, by its first character. */
    record Typed(char type, Reply value) implements Reply {}

    /** The text of a status, bulk or number; the empty text for nil. Fails on an error reply and on an array. */
    default String text() {
        return switch (this) {
            case Status(String text) -> text;
            case Bulk(byte[] bytes) -> new String(bytes, StandardCharsets.ISO_8859_1);
            case Num(long value) -> Long.toString(value);
            case Nil() -> "";
            case Failure(String text) -> throw new AssertionError("error reply: " + text);
            case Many many -> throw new AssertionError("an array: " + many);
            case Typed(char type, Reply value) -> value.text();
        };
    }

    /** The texts of an array's items. */
    default List<String> texts() {
        if (this instanceof Many(List<Reply> items)) {
            return items.stream().map(Reply::text).toList();
        }
        if (this instanceof Typed(char type, Reply value)) {
            return value.texts();
        }
        throw new AssertionError("not an array: " + this);
    }

    /** The number. */
    default long number() {
        return Long.parseLong(text());
    }
}
