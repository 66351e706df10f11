package io.codis.dashboard.rest;

import io.codis.core.codis3.Projection;
import io.codis.core.codis3.Topom;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.LeadCommand;
import io.codis.dashboard.fe.ConsoleFiles;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.infra.log.Logging;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All routes of a dashboard. Served from the start of the process; while it does not lead, whatever needs the cluster's state
 * is answered by the dashboard that does, or with {@code topom is not online}.
 */
public final class TopomApi {

    private final Topom self;
    private final Map<String, Object> config;
    private final Runnable shutdown;
    private final Forwarding forwarding;
    private final Guard guard;

    private static final byte[] NO_LIST = "null\n".getBytes(StandardCharsets.UTF_8);

    /**
     * @param config as shown in the overview, without secrets
     * @param leading what to work with while this dashboard leads
     * @param forwarding to the dashboard that leads
     * @param shutdown begins to end the process, and returns
     */
    public TopomApi(
            Topom self,
            Map<String, Object> config,
            Supplier<Optional<Control>> leading,
            Forwarding forwarding,
            Runnable shutdown) {
        this.self = self;
        this.config = config;
        this.shutdown = shutdown;
        this.forwarding = forwarding;
        this.guard = new Guard(self.productName(), leading, forwarding);
    }

    /** The server, not started yet. */
    public HttpApi.Builder routes() {
        var api = HttpApi.builder();
        reads(api);
        process(api);
        sentinels(api);
        ProxyRoutes.add(api, guard);
        GroupRoutes.add(api, guard);
        SlotRoutes.add(api, guard);
        // the console asks for it before it knows whether codis-fe serves it
        api.get("/list", request -> Response.of(200, "application/json; charset=utf-8", NO_LIST));
        var console = ConsoleFiles.bundled();
        return api.get("/{file...}", console);
    }

    private void reads(HttpApi.Builder api) {
        api.get("/topom", guard.open((c, r) -> Response.json(overview(c))))
                .get("/topom/model", request -> Response.json(self))
                .get("/api/topom/model", request -> Response.json(self))
                .get("/api/topom/xping/{x}", guard.checked(request -> Response.ok()))
                .get("/topom/stats", guard.open((c, r) -> Response.json(ClusterStats.of(c))))
                .get("/api/topom/stats/{x}", guard.leading((c, r) -> Response.dense(ClusterStats.of(c))))
                .get("/topom/slots", guard.open((c, r) -> Response.json(Projection.routings(c.topology()))))
                .get("/api/topom/slots/{x}", guard.leading((c, r) -> Response.json(Projection.routings(c.topology()))))
                .get("/api/topom/progress/{x}", guard.leading((c, r) -> Response.json(progress(c))));
    }

    private void process(HttpApi.Builder api) {
        api.get("/healthz", request -> Response.text(200, "ok\n"))
                .get("/readyz", this::ready)
                .put("/api/topom/reload/{x}", guard.change((c, r) -> {}))
                .put(
                        "/api/topom/rebuild/{x}/{servers}",
                        guard.leading((c, r) -> Response.json(c.identities()
                                .lost()
                                .accept(List.of(r.param("servers").split(",", -1))))))
                .put("/api/topom/shutdown/{x}", guard.checked(request -> {
                    shutdown.run();
                    return Response.ok();
                }))
                .put("/api/topom/loglevel/{x}/{value}", guard.checked(TopomApi::logLevel));
    }

    /** The list is kept for others who read it; failover is decided here, not by sentinels. */
    private void sentinels(HttpApi.Builder api) {
        String base = "/api/topom/sentinels/";
        api.put(
                        base + "add/{x}/{addr}",
                        guard.change((c, r) -> c.state().commit(new LeadCommand.AddSentinel(r.param("addr")))))
                .put(
                        base + "del/{x}/{addr}/{force}",
                        guard.change((c, r) -> c.state().commit(new LeadCommand.RemoveSentinel(r.param("addr")))))
                .put(base + "resync-all/{x}", guard.leading((c, r) -> {
                    throw new CodisException(
                            Reason.INVALID_ARGUMENT,
                            "sentinels are not told anything: this dashboard watches the servers and fails over itself");
                }));
    }

    private Map<String, Object> overview(Control control) {
        var overview = new LinkedHashMap<String, Object>();
        overview.put("version", Version.text());
        overview.put("compile", "java " + Runtime.version());
        overview.put("config", config);
        overview.put("model", self);
        overview.put("stats", ClusterStats.of(control));
        return overview;
    }

    private static Map<String, Object> progress(Control control) {
        long open = control.topology().slots().stream().filter(s -> !s.idle()).count();
        return Map.of("slots_open", open, "moves", control.moves().mover().progress());
    }

    /** A standby is ready as long as it can have its requests answered. */
    private Response ready(Request request) {
        if (guard.here().isPresent()) {
            return Response.text(200, "ok\n");
        }
        return forwarding
                .readyLeader(request)
                .map(leader -> Response.text(200, "ok: standby of " + leader + "\n"))
                .orElseGet(() -> Response.text(503, Reason.NOT_READY.word() + ": does not lead, and nobody does\n"));
    }

    private static Response logLevel(Request request) {
        String level = request.params().getOrDefault("value", "");
        if (level.isBlank()) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "missing loglevel");
        }
        try {
            Logging.setLevel(level);
        } catch (CodisException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "invalid loglevel", e);
        }
        return Response.ok();
    }
}
