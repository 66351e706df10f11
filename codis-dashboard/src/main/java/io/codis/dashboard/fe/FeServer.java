package io.codis.dashboard.fe;

import io.codis.core.problem.CodisException;
import io.codis.infra.http.ApiClient;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.infra.http.StaticContent;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Serves the console, {@code GET /list} (names of all products) and passes any other request on to the dashboard of the
 * product that the query parameter {@code forward} names; 403 with an empty body when there is none. Source: Codis 3.2.
 */
public final class FeServer implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final List<String> METHODS = List.of("PUT", "POST", "DELETE");

    private final ProductCache products;
    private final StaticContent assets;
    private final ApiClient client;
    private final HttpApi api;

    private FeServer(ProductCache products, StaticContent assets, InetSocketAddress listen) {
        this.products = products;
        this.assets = assets;
        this.client = ApiClient.create(ANSWER);
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
        client.close();
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
            return client.pass(request, dashboard);
        } catch (CodisException e) {
            return Response.text(502, "no answer from the dashboard at " + dashboard + ": " + e.getMessage() + "\n");
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
}
