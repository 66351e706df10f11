package io.codis.infra.redis;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine's reply is expected to be. A reply is {@code byte[]} (bulk and status), {@code Long}, {@code List},
 * null, or {@link EngineError} inside an array and where a method says so.
 */
public final class Replies {

    private Replies() {}

    /** Bulk or status text as UTF-8. */
    public static String text(@Nullable Object reply) {
        if (reply instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        throw unexpected("text", reply);
    }

    /** An integer reply. */
    public static long number(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return number;
        }
        throw unexpected("an integer", reply);
    }

    /** An array reply. */
    public static List<?> list(@Nullable Object reply) {
        if (reply instanceof List<?> list) {
            return list;
        }
        throw unexpected("an array", reply);
    }

    private static CodisException unexpected(String wanted, @Nullable Object reply) {
        String got = reply instanceof EngineError error
                ? error.text()
                : reply == null ? "null" : reply.getClass().getSimpleName();
        return new CodisException(Reason.ENGINE_REFUSED, "an engine's reply should be " + wanted + " but is " + got);
    }
}
