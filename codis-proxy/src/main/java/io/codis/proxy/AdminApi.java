package io.codis.proxy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.codis.core.codis3.ProxyNode;
import io.codis.core.codis3.ProxyStats;
import io.codis.core.codis3.SentinelNode;
import io.codis.core.codis3.SlotRouting;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.RouteTable;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.infra.log.Logging;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API of Codis 3.2's proxy, and ours beside it: {@code PUT /api/proxy/route/{xauth}}, {@code GET /healthz}, {@code
 * GET /readyz}.
 */
final class AdminApi {

    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
    /** Longer than a dashboard waits for a confirmation: whether it is still interested is its business. */
    private static final Duration ROUTE_DEADLINE = Duration.ofSeconds(15);

    private static final int COMMANDS = 1;
    private static final int RUNTIME = 4;
    private static final int ALL = 7;

    private final ProxyServer proxy;
    private final CountDownLatch serving = new CountDownLatch(1);
    private @Nullable ProxyIdentity identity;

    AdminApi(ProxyServer proxy) {
        this.proxy = proxy;
    }

    /** Listens; every request waits for {@link #serve}, since who the proxy is depends on the port that it gets. */
    HttpApi start(InetSocketAddress address) {
        return HttpApi.builder()
                .get("/", known(_ -> Response.redirect("/proxy")))
                .get("/healthz", known(_ -> Response.text(200, "ok\n")))
                .get("/readyz", known(_ -> ready()))
                .get("/proxy", known(_ -> Response.json(overview())))
                .get("/proxy/model", known(_ -> Response.json(who().model())))
                .get("/proxy/stats", known(_ -> Response.json(proxy.stats(true, true))))
                .get("/proxy/slots", known(_ -> Response.json(proxy.plane().slots())))
                .get("/api/proxy/model", known(_ -> Response.json(who().model())))
                .get("/api/proxy/xping/{xauth}", guarded(_ -> Response.ok()))
                .get(
                        "/api/proxy/slots/{xauth}",
                        guarded(_ -> Response.json(proxy.plane().slots())))
                .get("/api/proxy/stats/{xauth}", guarded(_ -> stats(0)))
                .get("/api/proxy/stats/{xauth}/{flags}", guarded(request -> stats(request.integer("flags"))))
                .put("/api/proxy/route/{xauth}", guarded(this::route))
                .put("/api/proxy/start/{xauth}", guarded(_ -> goOnline()))
                .put("/api/proxy/fillslots/{xauth}", guarded(this::fillSlots))
                .put("/api/proxy/sentinels/{xauth}", guarded(this::sentinels))
                .put("/api/proxy/sentinels/{xauth}/rewatch", guarded(_ -> Response.ok()))
                .put("/api/proxy/stats/reset/{xauth}", guarded(_ -> resetStats()))
                .put("/api/proxy/forcegc/{xauth}", guarded(_ -> collectGarbage()))
                .put("/api/proxy/loglevel/{xauth}/{loglevel}", guarded(AdminApi::logLevel))
                .put("/api/proxy/shutdown/{xauth}", guarded(_ -> shutdown()))
                .start(address);
    }

    /** Answers from now on. */
    void serve(ProxyIdentity whoIAm) {
        identity = whoIAm;
        serving.countDown();
    }

    private HttpApi.Handler known(HttpApi.Handler handler) {
        return request -> {
            awaitServing();
            return handler.handle(request);
        };
    }

    private HttpApi.Handler guarded(HttpApi.Handler handler) {
        return known(request -> {
            byte[] given = request.params().getOrDefault("xauth", "").getBytes(StandardCharsets.UTF_8);
            if (given.length == 0) {
                throw new CodisException(Reason.UNAUTHORIZED, "missing xauth, please check product name & auth");
            }
            if (!MessageDigest.isEqual(given, who().xauth().getBytes(StandardCharsets.UTF_8))) {
                throw new CodisException(Reason.UNAUTHORIZED, "invalid xauth, please check product name & auth");
            }
            return handler.handle(request);
        });
    }

    private void awaitServing() {
        try {
            if (serving.await(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new CodisException(Reason.NOT_READY, "the proxy is still starting");
    }

    private ProxyIdentity who() {
        return Objects.requireNonNull(identity, "a request was served before start");
    }

    private Response ready() {
        String why = proxy.unready();
        return why.isEmpty() ? Response.text(200, "ready\n") : Response.text(503, why + "\n");
    }

    private Response stats(int flags) {
        return Response.json(proxy.stats((flags & COMMANDS) != 0, (flags & RUNTIME) != 0));
    }

    private Overview overview() {
        return new Overview(
                Version.TEXT,
                Version.COMPILE,
                proxy.config().json(),
                who().model(),
                proxy.stats((ALL & COMMANDS) != 0, (ALL & RUNTIME) != 0),
                proxy.plane().slots());
    }

    private Response route(Request request) {
        RouteTable table = request.json(RouteTable.class);
        if (table.groups() == null || table.slots() == null || table.moves() == null) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT, "a route table needs groups, slots and moves, which may be empty lists");
        }
        return Response.json(proxy.plane().install(table, ROUTE_DEADLINE));
    }

    private Response goOnline() {
        if (proxy.closing()) {
            throw new CodisException(Reason.UNAVAILABLE, "use of closed proxy");
        }
        if (!proxy.plane().online()) {
            LOG.info("event=online");
        }
        proxy.plane().goOnline();
        return Response.ok();
    }

    private Response fillSlots(Request request) {
        proxy.plane().fillSlots(request.jsonList(SlotRouting.class), ROUTE_DEADLINE);
        return Response.ok();
    }

    private Response sentinels(Request request) {
        List<String> servers = request.json(SentinelNode.class).servers();
        proxy.sentinels(servers == null ? List.of() : servers);
        return Response.ok();
    }

    private Response resetStats() {
        proxy.plane().resetStats();
        return Response.ok();
    }

    private static Response collectGarbage() {
        System.gc();
        return Response.ok();
    }

    private static Response logLevel(Request request) {
        Logging.setLevel(request.param("loglevel"));
        return Response.ok();
    }

    /**
     * Answers first: closing ends the connection that the answer goes over. Until clients are gone everything else here
     * goes on: routes must reach a proxy that still has requests open.
     */
    private Response shutdown() {
        proxy.stopSoon();
        return Response.ok();
    }

    /** {@code GET /proxy}. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record Overview(
            String version,
            String compile,
            Map<String, Object> config,
            ProxyNode model,
            ProxyStats stats,
            List<SlotRouting> slots) {}
}
