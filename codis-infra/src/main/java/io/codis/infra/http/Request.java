package io.codis.infra.http;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One request, read whole.
 *
 * @param method upper case; HEAD arrives as GET
 * @param path decoded
 * @param params values of the route's {@code {name}} segments, decoded
 * @param query raw query string, empty if none
 * @param header the value of a header by name, any case
 * @param body at most the server's limit
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Request(
        String method,
        String path,
        Map<String, String> params,
        String query,
        Function<String, Optional<String>> header,
        byte[] body) {

    /** The value of {@code {name}}; {@code missing <name>} when the route has no such segment or it is blank. */
    public String param(String name) {
        String value = params.get(name);
        if (value == null || value.isBlank()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "missing " + name);
        }
        return value;
    }

    /** The whole number in {@code {name}}; {@code invalid <name>} when it is none. */
    public long number(String name) {
        try {
            return Long.parseLong(param(name));
        } catch (NumberFormatException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "invalid " + name, e);
        }
    }

    /** As {@link #number} within {@code int}. */
    public int integer(String name) {
        long value = number(name);
        if (value != (int) value) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "invalid " + name);
        }
        return (int) value;
    }

    /** The convention of Codis for booleans in a path: any whole number but 0 is true. */
    public boolean flag(String name) {
        return number(name) != 0;
    }

    /** The body as JSON; empty or malformed is refused, never taken as an empty object. */
    public <T> T json(Class<T> type) {
        return Json.read(requireBody(), type);
    }

    /** The body as a JSON array. */
    public <T> List<T> jsonList(Class<T> element) {
        return Json.readList(requireBody(), element);
    }

    private byte[] requireBody() {
        if (body.length == 0) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "the request has no body, JSON is needed");
        }
        return body;
    }
}
