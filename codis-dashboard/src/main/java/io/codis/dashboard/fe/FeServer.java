package io.codis.dashboard.fe;

import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.infra.http.StaticContent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Serves the console, {@code GET /list} (names of all products) and passes any other request on to the dashboard of the
 * product that the query parameter {@code forward} names; 403 with an empty body when there is none. Source: Codis 3.2.
 */
public final class FeServer implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final List<String> METHODS = List.of("PUT", "POST", "DELETE");

    private final ProductCache products;
    private final StaticContent assets;
    private final HttpClient client;
    private final HttpApi api;

    private FeServer(ProductCache products, StaticContent assets, InetSocketAddress listen) {
        this.products = products;
        this.assets = assets;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
        var routes = HttpApi.builder()
                .get(
                        "/list",
                        request -> Response.json(List.copyOf(products.all().keySet())))
                .get("/healthz", request -> Response.text(200, "ok\n"))
                .get("/{file...}", this::read);
        METHODS.forEach(method -> routes.route(method, "/{path...}", this::forward));
        this.api = routes.start(listen);
    }

    /** Listens; port 0 takes a free one. */
    static FeServer start(Products products, StaticContent assets, InetSocketAddress listen) {
        return new FeServer(new ProductCache(products, System::nanoTime), assets, listen);
    }

    /** The port it listens on. */
    public int port() {
        return api.port();
    }

    @Override
    public void close() {
        api.close();
        client.shutdownNow();
    }

    private Response read(Request request) {
        if (forwardOf(request.query()).isPresent()) {
            return forward(request);
        }
        Response asset = assets.handle(request);
        return asset.status() == 404 ? forbidden() : asset;
    }

    private Response forward(Request request) {
        return forwardOf(request.query())
                .flatMap(products::dashboardOf)
                .map(dashboard -> exchange(dashboard, request))
                .orElseGet(FeServer::forbidden);
    }

    private Response exchange(String dashboard, Request request) {
        try {
            String query = request.query().isEmpty() ? "" : "?" + request.query();
            var passed = HttpRequest.newBuilder(URI.create("http://" + dashboard + encoded(request.path()) + query))
                    .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()))
                    .timeout(ANSWER)
                    .build();
            var answer = client.send(passed, HttpResponse.BodyHandlers.ofByteArray());
            String type = answer.headers().firstValue("Content-Type").orElse("application/octet-stream");
            return Response.of(answer.statusCode(), type, answer.body());
        } catch (IOException | IllegalArgumentException e) {
            String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return Response.text(502, "no answer from the dashboard at " + dashboard + ": " + cause + "\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Response.text(502, "stopping\n");
        }
    }

    private static Response forbidden() {
        return Response.of(403, "text/plain; charset=utf-8", new byte[0]);
    }

    private static Optional<String> forwardOf(String query) {
        return Arrays.stream(query.split("&"))
                .filter(part -> part.startsWith("forward="))
                .map(part -> URLDecoder.decode(part.substring("forward=".length()), StandardCharsets.UTF_8))
                .findFirst();
    }

    /** The server decoded the path; it is encoded again segment by segment. */
    private static String encoded(String path) {
        return Arrays.stream(path.split("/", -1))
                .map(segment ->
                        URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
