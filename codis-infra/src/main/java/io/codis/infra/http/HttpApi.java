package io.codis.infra.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server with the conventions of Codis: JSON, status 800 for every application error, plain 404 for an unknown
 * path or method, HEAD where GET is, one optional trailing slash.
 *
 * <p>Each exchange runs on a virtual thread of its own, so handlers may block. Routes are tried in the order in which
 * they were added.
 */
public final class HttpApi implements AutoCloseable {

    /** Answers one request; a {@link CodisException} becomes status 800. */
    @FunctionalInterface
    public interface Handler {
        Response handle(Request request);
    }

    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
    private static final int DEFAULT_BODY_LIMIT = 1 << 20;

    private final HttpServer server;
    private final ExecutorService exchanges;
    private final Running running = new Running();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<Route> routes;
    private final Handler fallback;
    private final byte @Nullable [] bearer;
    private final int bodyLimit;

    private HttpApi(Builder builder, HttpServer server) {
        this.server = server;
        this.routes = List.copyOf(builder.routes);
        this.fallback = builder.fallback;
        this.bearer = builder.bearer;
        this.bodyLimit = builder.bodyLimit;
        this.exchanges = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("http-", 0).factory());
        server.setExecutor(exchanges);
        server.createContext("/", this::serve);
    }

    /** Collects routes, then {@link Builder#start}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The port it listens on, also when started on port 0. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** The address it listens on. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** As {@link #close(Duration)} with two seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    /**
     * Refuses new requests, gives running ones up to {@code grace}, then stops listening and interrupts the rest. A
     * handler must not call this itself: it would wait for its own end. Closing again does nothing.
     */
    public void close(Duration grace) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        running.drain(grace);
        // its own delay may last although nothing runs
        server.stop(0);
        exchanges.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!running.begin()) {
                send(exchange, Response.problem(new CodisException(Reason.NOT_READY, "this process is shutting down")));
                return;
            }
            try {
                send(exchange, respond(exchange));
            } finally {
                running.end();
            }
        }
    }

    private static void send(HttpExchange exchange, Response response) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", response.contentType());
        response.headers().forEach(headers::set);
        if (head) {
            headers.set("Content-Length", Integer.toString(response.body().length));
        }
        boolean bare = head || response.body().length == 0;
        exchange.sendResponseHeaders(response.status(), bare ? -1 : response.body().length);
        if (!bare) {
            exchange.getResponseBody().write(response.body());
            exchange.getResponseBody().close();
        }
    }

    private Response respond(HttpExchange exchange) throws IOException {
        try {
            return route(exchange);
        } catch (CodisException e) {
            if (e.reason() == Reason.INTERNAL) {
                LOG.error("request failed path={}", exchange.getRequestURI().getPath(), e);
            }
            return Response.problem(e);
        } catch (RuntimeException e) {
            LOG.error("request failed path={}", exchange.getRequestURI().getPath(), e);
            return Response.problem(new CodisException(Reason.INTERNAL, "internal error: " + e, e));
        }
    }

    private Response route(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod().equals("HEAD") ? "GET" : exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        List<String> segments = Route.segments(path);
        for (Route route : routes) {
            Optional<Map<String, String>> params = route.match(method, segments);
            if (params.isPresent()) {
                if (!route.open()) {
                    authorize(exchange);
                }
                return route.handler().handle(request(exchange, method, params.get()));
            }
        }
        authorize(exchange);
        return fallback.handle(request(exchange, method, Map.of()));
    }

    private Request request(HttpExchange exchange, String method, Map<String, String> params) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(bodyLimit + 1);
        if (body.length > bodyLimit) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "the request body is larger than " + bodyLimit + " bytes");
        }
        var headers = exchange.getRequestHeaders();
        String query = exchange.getRequestURI().getRawQuery();
        return new Request(
                method,
                exchange.getRequestURI().getPath(),
                params,
                query == null ? "" : query,
                name -> Optional.ofNullable(headers.getFirst(name)),
                body);
    }

    private void authorize(HttpExchange exchange) {
        if (bearer == null) {
            return;
        }
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        byte[] bytes = (given == null ? "" : given).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(bearer, bytes)) {
            throw new CodisException(Reason.UNAUTHORIZED, "the bearer token of the request is missing or wrong");
        }
    }

    /** Routes and limits of a server that is not started yet. */
    public static final class Builder {

        private final List<Route> routes = new ArrayList<>();
        private Handler fallback = request -> Response.notFound();
        private byte @Nullable [] bearer;
        private int bodyLimit = DEFAULT_BODY_LIMIT;

        private Builder() {}

        /** Adds a route such as {@code /api/topom/group/create/{xauth}/{gid}}. */
        public Builder get(String pattern, Handler handler) {
            return route("GET", pattern, handler);
        }

        /** As {@link #get} for changes. */
        public Builder put(String pattern, Handler handler) {
            return route("PUT", pattern, handler);
        }

        /** As {@link #get} for any method, upper case. */
        public Builder route(String method, String pattern, Handler handler) {
            routes.add(Route.of(method, pattern, false, handler));
            return this;
        }

        /** As {@link #get}, for everybody: no token is asked for. */
        public Builder open(String pattern, Handler handler) {
            routes.add(Route.of("GET", pattern, true, handler));
            return this;
        }

        /** Serves what no route does; the default is {@link Response#notFound}. */
        public Builder fallback(Handler handler) {
            this.fallback = handler;
            return this;
        }

        /** Refuses every request without {@code Authorization: Bearer <token>}, but those of {@link #open}. */
        public Builder bearerToken(String token) {
            this.bearer = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
            return this;
        }

        /** The largest request body in bytes, 1 MiB unless told. */
        public Builder bodyLimit(int bytes) {
            this.bodyLimit = bytes;
            return this;
        }

        /** Listens; {@link Reason#PORT_IN_USE} when another process does. */
        public HttpApi start(InetSocketAddress address) {
            // without it every answer waits for a delayed acknowledgement; read once, when the first server is made
            System.setProperty("sun.net.httpserver.nodelay", "true");
            try {
                var api = new HttpApi(this, HttpServer.create(address, 0));
                api.server.start();
                return api;
            } catch (BindException e) {
                throw new CodisException(
                        Reason.PORT_IN_USE, "cannot listen on " + text(address) + ": " + e.getMessage(), e);
            } catch (IOException e) {
                throw new CodisException(Reason.UNAVAILABLE, "cannot listen on " + text(address) + ": " + e, e);
            }
        }

        private static String text(InetSocketAddress address) {
            return address.getHostString() + ":" + address.getPort();
        }
    }
}
