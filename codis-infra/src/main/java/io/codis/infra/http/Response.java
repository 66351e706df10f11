package io.codis.infra.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.codis.core.problem.CodisException;
import io.codis.infra.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One answer, held whole.
 *
 * @param headers beside content type and length
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Response(int status, String contentType, byte[] body, Map<String, String> headers) {

    /** Status of every application error, by the convention of Codis. */
    public static final int APPLICATION_ERROR = 800;

    private static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";

    /** Any object as JSON. */
    public static Response json(Object value) {
        return of(200, JSON, Json.pretty(value).getBytes(StandardCharsets.UTF_8));
    }

    /** The same without indentation, for what programs ask for often. */
    public static Response dense(Object value) {
        return of(200, JSON, Json.write(value));
    }

    /** What every change answers that has nothing else to say: the JSON string {@code "OK"}. */
    public static Response ok() {
        return json("OK");
    }

    /** Plain text. */
    public static Response text(int status, String text) {
        return of(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Status 302. */
    public static Response redirect(String location) {
        return new Response(302, TEXT, new byte[0], Map.of("Location", location));
    }

    /** What Codis answers for a path that it does not have. */
    public static Response notFound() {
        return text(404, "404 page not found\n");
    }

    /** Status 800 with cause and reason word. */
    public static Response problem(CodisException e) {
        String cause = e.getMessage() == null ? e.reason().remedy() : e.getMessage();
        return of(
                APPLICATION_ERROR,
                JSON,
                Json.write(new Problem(cause, null, e.reason().word())));
    }

    /** Any content. */
    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, contentType, body, Map.of());
    }

    /** The body of status 800. {@code Stack} is never filled: it is for the log, not for strangers. */
    record Problem(
            @JsonProperty("Cause") @Nullable String cause,
            @JsonProperty("Stack") @Nullable List<Object> stack,
            @JsonProperty("Reason") @Nullable String reason) {}
}
