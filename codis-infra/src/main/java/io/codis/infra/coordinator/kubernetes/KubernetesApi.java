package io.codis.infra.coordinator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.remote.StoreHttp;
import io.codis.infra.coordinator.remote.StoreHttp.Kind;
import io.codis.infra.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * The calls of the Kubernetes API that the coordinator makes; safe for any number of threads. Nothing is retried.
 *
 * <p>Paths are below the namespace's part of an API group. Why not a client library: docs/decisions.
 */
final class KubernetesApi implements AutoCloseable {

    static final String MERGE = "application/merge-patch+json";
    static final String JSON = "application/json";

    private final ApiServer server;
    private final StoreHttp http;
    private String authorization = "";
    private long authorizationRead;

    KubernetesApi(ApiServer server) {
        this.server = server;
        this.http = new StoreHttp(server.trust());
    }

    /** What was asked for: present, absent (404), or not as the caller believed (409). */
    sealed interface Answer {
        record Found(JsonNode object) implements Answer {}

        record Absent() implements Answer {}

        record Conflict() implements Answer {}
    }

    /** {@code GET}: the newest state, never a cached one. */
    Answer get(String path, Duration deadline) {
        return exchange("GET", path, JSON, BodyPublishers.noBody(), deadline);
    }

    Answer post(String path, byte[] body, Duration deadline) {
        return exchange("POST", path, JSON, BodyPublishers.ofByteArray(body), deadline);
    }

    Answer patch(String path, byte[] body, Duration deadline) {
        return exchange("PATCH", path, MERGE, BodyPublishers.ofByteArray(body), deadline);
    }

    /** Waits for the first event of a watch, whatever it is; false when the watch ended without one, or the time is up. */
    boolean awaitEvent(String pathAndQuery, Duration atMost) {
        return http.awaitEvent(request("GET", pathAndQuery, JSON, BodyPublishers.noBody()), _ -> true, atMost);
    }

    void checkOpen(String what) {
        http.checkOpen(what);
    }

    @Override
    public void close() {
        http.close();
    }

    private Answer exchange(String method, String path, String type, BodyPublisher body, Duration deadline) {
        Kind kind = method.equals("GET") ? Kind.READ : Kind.CHANGE;
        return answer(kind, http.send(request(method, path, type, body), kind, deadline));
    }

    private static Answer answer(Kind kind, HttpResponse<byte[]> response) {
        int status = response.statusCode();
        return switch (status) {
            case 200, 201 -> new Answer.Found(Json.tree(response.body()));
            case 404 -> new Answer.Absent();
            case 409 -> new Answer.Conflict();
            default ->
                throw new CodisException(
                        reason(kind, status),
                        response.request().method() + " " + response.uri() + ": " + status + " "
                                + message(response.body()));
        };
    }

    /** Of an answer that is an error. A server's own failure, met while it was writing, says nothing about the write. */
    private static Reason reason(Kind kind, int status) {
        return switch (status) {
            case 401, 403 -> Reason.UNAUTHORIZED;
            case 400, 413, 422 -> Reason.INVALID_ARGUMENT;
            case 429 -> Reason.UNAVAILABLE;
            default -> kind.lost();
        };
    }

    private static String message(byte[] body) {
        try {
            return Json.tree(body).path("message").asText("");
        } catch (CodisException e) {
            return "";
        }
    }

    private HttpRequest request(String method, String path, String type, BodyPublisher body) {
        var request = HttpRequest.newBuilder(URI.create(server.url() + path)).method(method, body);
        request.header("Accept", JSON);
        if (body.contentLength() != 0) {
            request.header("Content-Type", type);
        }
        String login = authorization();
        if (!login.isEmpty()) {
            request.header("Authorization", login);
        }
        return request.build();
    }

    private synchronized String authorization() {
        long now = System.nanoTime();
        if (authorization.isEmpty() || now - authorizationRead > ApiServer.TOKEN_AGE.toNanos()) {
            authorization = server.authorization();
            authorizationRead = now;
        }
        return authorization;
    }
}
