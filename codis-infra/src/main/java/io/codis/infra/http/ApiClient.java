package io.codis.infra.http;

import com.fasterxml.jackson.core.type.TypeReference;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.json.Json;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Calls another process' HTTP API; safe for any number of threads.
 *
 * <p>Nothing is retried. An error answer (status 800 or 1500) is thrown with the remote's cause and reason. Reasons of
 * its own: {@link Reason#UNAVAILABLE} no connection, so nothing happened there; {@link Reason#TIMED_OUT} and
 * {@link Reason#OUTCOME_UNKNOWN} (the connection broke) the request may have been executed. Messages name the URL
 * without its login part.
 */
public final class ApiClient implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final long ANSWER_LIMIT = 64L << 20;
    private static final Pattern LOGIN = Pattern.compile("(?<=/)[0-9a-f]{32}(?=/|$|\\?)");

    static {
        // shorter than any server's, so that a change is not sent into a connection that is being closed
        if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
            System.setProperty("jdk.httpclient.keepalive.timeout", "10");
        }
    }

    // sendAsync ends in the common pool, whose few threads may all be waiting for answers
    private static final ExecutorService CALLS = Executors.newVirtualThreadPerTaskExecutor();

    private final HttpClient client;
    private final Duration deadline;
    private final Map<String, String> headers;

    private ApiClient(HttpClient client, Duration deadline, Map<String, String> headers) {
        this.client = client;
        this.deadline = deadline;
        this.headers = headers;
    }

    /** A client whose calls end within {@code deadline}, connecting included. */
    public static ApiClient create(Duration deadline) {
        return create(deadline, null);
    }

    /** As {@link #create(Duration)}; every request carries the bearer token unless that is null. */
    public static ApiClient create(Duration deadline, @Nullable String bearerToken) {
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .sslContext(new TlsWhenAsked())
                .sslParameters(new SSLParameters(null, new String[] {"TLSv1.3", "TLSv1.2"}))
                .build();
        return new ApiClient(
                client, deadline, bearerToken == null ? Map.of() : Map.of("Authorization", "Bearer " + bearerToken));
    }

    /** The same connections with another deadline per call. Close only one of them. */
    public ApiClient within(Duration otherDeadline) {
        return new ApiClient(client, otherDeadline, headers);
    }

    /** The same connections; every request has this header too. Close only one of them. */
    public ApiClient with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new ApiClient(client, deadline, more);
    }

    /** GET; the answer as {@code type}. */
    public <T> T get(String url, Class<T> type) {
        return Json.read(exchange("GET", url, BodyPublishers.noBody()), type);
    }

    /** GET; the answer as a generic type. */
    public <T> T get(String url, TypeReference<T> type) {
        return Json.read(exchange("GET", url, BodyPublishers.noBody()), type);
    }

    /** GET; the answer as it came. */
    public byte[] getBytes(String url) {
        return exchange("GET", url, BodyPublishers.noBody());
    }

    /** PUT without a body; whatever is answered is dropped. */
    public void put(String url) {
        exchange("PUT", url, BodyPublishers.noBody());
    }

    /** PUT without a body. */
    public <T> T put(String url, Class<T> type) {
        return Json.read(exchange("PUT", url, BodyPublishers.noBody()), type);
    }

    /** PUT of {@code body} as JSON; whatever is answered is dropped. */
    public void putJson(String url, Object body) {
        exchange("PUT", url, BodyPublishers.ofByteArray(Json.write(body)));
    }

    /** PUT of {@code body} as JSON; the answer as {@code type}. */
    public <T> T putJson(String url, Object body, Class<T> type) {
        return Json.read(exchange("PUT", url, BodyPublishers.ofByteArray(Json.write(body))), type);
    }

    /**
     * Passes a request on as it came; the answer as it comes, an error too.
     *
     * @param host {@code host:port}
     */
    public Response pass(Request request, String host) {
        String query = request.query().isEmpty() ? "" : "?" + request.query();
        String url = "http://" + host + encoded(request.path()) + query;
        var passed = request(request.method(), url, BodyPublishers.ofByteArray(request.body()));
        var answer = await(request.method(), url, passed);
        String type = answer.headers().firstValue("Content-Type").orElse("application/octet-stream");
        return Response.of(answer.statusCode(), type, answer.body());
    }

    /** Of a path that was decoded: again segment by segment. */
    private static String encoded(String path) {
        return Arrays.stream(path.split("/", -1))
                .map(segment ->
                        URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    /** Whether the other process answered so; else the call itself failed. */
    public static boolean isRemote(CodisException e) {
        return e.getCause() instanceof RemoteAnswer;
    }

    /** Ends its connections and calls at once. */
    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    private byte[] exchange(String method, String url, BodyPublisher body) {
        HttpResponse<byte[]> answer = await(method, url, request(method, url, body));
        return switch (answer.statusCode()) {
            case 200 -> answer.body();
            case Response.APPLICATION_ERROR, 1500 -> throw remoteProblem(url, answer.body());
            default -> {
                String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
                throw new CodisException(
                        Reason.UNAVAILABLE,
                        "[" + answer.statusCode() + "] " + shorten(text) + " - " + shown(method, url));
            }
        };
    }

    private HttpRequest request(String method, String url, BodyPublisher body) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url)).method(method, body);
            if (body.contentLength() > 0) {
                request.header("Content-Type", "application/json; charset=utf-8");
            }
            headers.forEach(request::header);
            return request.build();
        } catch (IllegalArgumentException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "not a URL: " + shown(method, url), e);
        }
    }

    private HttpResponse<byte[]> await(String method, String url, HttpRequest request) {
        // the request's own timeout would end with the headers, not with the body
        var body = BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_LIMIT);
        Future<HttpResponse<byte[]>> answer = CALLS.submit(() -> client.send(request, body));
        try {
            return answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new CodisException(Reason.TIMED_OUT, shown(method, url) + ": no answer within " + deadline, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new CodisException(Reason.TIMED_OUT, shown(method, url) + ": interrupted", e);
        } catch (ExecutionException e) {
            throw failure(method, url, e.getCause() == null ? e : e.getCause());
        }
    }

    private static CodisException failure(String method, String url, Throwable cause) {
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return new CodisException(Reason.UNAVAILABLE, shown(method, url) + ": cannot connect: " + why, cause);
        }
        Reason reason = method.equals("GET") ? Reason.UNAVAILABLE : Reason.OUTCOME_UNKNOWN;
        return new CodisException(reason, shown(method, url) + ": connection lost: " + why, cause);
    }

    private static CodisException remoteProblem(String url, byte[] body) {
        if (body.length == 0) {
            return new CodisException(Reason.INTERNAL, "remote error is empty", new RemoteAnswer(shown("", url)));
        }
        try {
            var problem = Json.read(body, Response.Problem.class);
            Reason reason = problem.reason() == null ? Reason.INTERNAL : Reason.ofWord(problem.reason());
            String cause = problem.cause() == null ? "remote error is empty" : problem.cause();
            return new CodisException(reason, cause, new RemoteAnswer(shown("", url)));
        } catch (CodisException e) {
            String text = new String(body, StandardCharsets.UTF_8);
            return new CodisException(Reason.INTERNAL, shown("", url) + ": unreadable error: " + shorten(text), e);
        }
    }

    private static String shown(String method, String url) {
        return (method + " " + LOGIN.matcher(url).replaceAll("***")).strip();
    }

    private static String shorten(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    /** Marks an error that was answered, and says by whom. */
    private static final class RemoteAnswer extends Exception {
        RemoteAnswer(String url) {
            super("answered by " + url, null, false, false);
        }
    }
}
