package io.codis.infra.coordinator.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.remote.StoreHttp;
import io.codis.infra.coordinator.remote.StoreHttp.Kind;
import io.codis.infra.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Calls of etcd's JSON gateway ({@code /v3/...}, etcd 3.4 and later); safe for any number of threads.
 *
 * <p>Members are asked in turn: the next one after a call that failed. Nothing is sent twice but what was refused before it was
 * executed: to a member that cannot be connected, or with a login that has expired.
 */
final class EtcdApi implements AutoCloseable {

    private static final Duration CALL = Duration.ofSeconds(5);

    // google.rpc.Code
    private static final int INVALID = 3;
    private static final int DENIED = 7;
    private static final int EXHAUSTED = 8;
    private static final int UNAUTHENTICATED = 16;

    private final List<URI> members;
    private final String login;
    private final StoreHttp http = new StoreHttp(Optional.empty());
    private volatile int current;
    private volatile String token = "";

    /** @param login {@code user:password}, or empty */
    EtcdApi(String addresses, String login) {
        this.members =
                Arrays.stream(addresses.split(",", -1)).map(EtcdApi::member).toList();
        this.login = login;
        if (!login.isEmpty() && login.indexOf(':') < 1) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "coordinator_auth: no colon behind a user; write user:password");
        }
    }

    private static URI member(String address) {
        String url = address.strip().contains("://") ? address.strip() : "http://" + address.strip();
        try {
            URI uri = URI.create(url.replaceAll("/+$", ""));
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new CodisException(
                Reason.INVALID_ARGUMENT,
                "coordinator_addr: \"" + address
                        + "\" is no member of etcd; write HOST:PORT,HOST:PORT or https://HOST:PORT");
    }

    /** Calls {@code /v3/<method>}. */
    JsonNode call(String method, Map<String, ?> body, Kind kind) {
        return call(method, body, kind, CALL);
    }

    JsonNode call(String method, Map<String, ?> body, Kind kind, Duration deadline) {
        int first = current;
        for (int tried = 0; ; tried++) {
            try {
                return authorized(method, body, kind, deadline);
            } catch (CodisException e) {
                boolean lost = e.reason() == Reason.UNAVAILABLE || e.reason() == Reason.OUTCOME_UNKNOWN;
                if (lost) {
                    current = (first + tried + 1) % members.size();
                }
                if (e.reason() != Reason.UNAVAILABLE || tried + 1 >= members.size()) {
                    throw e;
                }
            }
        }
    }

    /** Waits for an event of a watch, or for its end by the store. */
    boolean awaitEvent(Map<String, ?> body, Duration atMost) {
        Predicate<String> event = heard -> heard.contains("\"events\"") || heard.contains("\"canceled\"");
        return http.awaitEvent(request("watch", body), event, atMost);
    }

    void checkOpen(String what) {
        http.checkOpen(what);
    }

    @Override
    public void close() {
        http.close();
    }

    private JsonNode authorized(String method, Map<String, ?> body, Kind kind, Duration deadline) {
        if (!login.isEmpty() && token.isEmpty()) {
            logIn(deadline);
        }
        HttpResponse<byte[]> answer = http.send(request(method, body), kind, deadline);
        if (!login.isEmpty() && answer.statusCode() != 200 && code(answer) == UNAUTHENTICATED) {
            logIn(deadline);
            answer = http.send(request(method, body), kind, deadline);
        }
        return checked(method, answer, kind);
    }

    private void logIn(Duration deadline) {
        int colon = login.indexOf(':');
        var who = Map.of("name", login.substring(0, colon), "password", login.substring(colon + 1));
        token = "";
        var answer = http.send(request("auth/authenticate", who), Kind.READ, deadline);
        if (answer.statusCode() == 400) {
            throw new CodisException(
                    Reason.UNAUTHORIZED, "etcd " + answer.uri() + ": " + message(answer) + "; check coordinator_auth");
        }
        token = checked("auth/authenticate", answer, Kind.READ).path("token").asText("");
    }

    private static JsonNode checked(String method, HttpResponse<byte[]> answer, Kind kind) {
        if (answer.statusCode() == 200) {
            return Json.tree(answer.body());
        }
        Reason reason = switch (code(answer)) {
            case INVALID -> Reason.INVALID_ARGUMENT;
            case DENIED, UNAUTHENTICATED -> Reason.UNAUTHORIZED;
            case EXHAUSTED -> Reason.UNAVAILABLE;
            default -> kind.lost();
        };
        throw new CodisException(reason, "etcd " + answer.uri() + ": " + message(answer));
    }

    private HttpRequest request(String method, Map<String, ?> body) {
        var request = HttpRequest.newBuilder(URI.create(members.get(current) + "/v3/" + method))
                .POST(BodyPublishers.ofByteArray(Json.write(body)))
                .header("Content-Type", "application/json");
        if (!token.isEmpty()) {
            request.header("Authorization", token);
        }
        return request.build();
    }

    private static int code(HttpResponse<byte[]> answer) {
        return error(answer).path("code").asInt(-1);
    }

    private static String message(HttpResponse<byte[]> answer) {
        return answer.statusCode() + " " + error(answer).path("message").asText("");
    }

    private static JsonNode error(HttpResponse<byte[]> answer) {
        try {
            return Json.tree(answer.body());
        } catch (CodisException e) {
            return Json.mapperInUse().missingNode();
        }
    }
}
