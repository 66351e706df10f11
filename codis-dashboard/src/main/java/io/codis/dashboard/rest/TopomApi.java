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
 * All routes of a dashboard. Served from the start of the process; until it leads, whatever needs the cluster's state
 * answers {@code topom is not online}.
 */
public final class TopomApi {

    private final Topom self;
    private final Map<String, Object> config;
    private final Supplier<Optional<Control>> leading;
    private final Runnable shutdown;
    private final Guard guard;

    private static final byte[] NO_LIST = "null\n".getBytes(StandardCharsets.UTF_8);

    /**
     * @param config as shown in the overview, without secrets
     * @param leading what to work with while this dashboard leads
     * @param shutdown begins to end the process, and returns
     */
    public TopomApi(Topom self, Map<String, Object> config, Supplier<Optional<Control>> leading, Runnable shutdown) {
        this.self = self;
        this.config = config;
        this.leading = leading;
        this.shutdown = shutdown;
        this.guard = new Guard(self.productName(), leading);
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
        api.get("/topom", request -> Response.json(overview()))
                .get("/topom/model", request -> Response.json(self))
                .get("/api/topom/model", request -> Response.json(self))
                .get("/api/topom/xping/{x}", guard.checked(request -> Response.ok()))
                .get("/topom/stats", guard.open(ClusterStats::of))
                .get("/api/topom/stats/{x}", guard.leading((c, r) -> Response.dense(ClusterStats.of(c))))
                .get("/topom/slots", guard.open(c -> Projection.routings(c.topology())))
                .get("/api/topom/slots/{x}", guard.leading((c, r) -> Response.json(Projection.routings(c.topology()))))
                .get("/api/topom/progress/{x}", guard.leading((c, r) -> Response.json(progress(c))));
    }

    private void process(HttpApi.Builder api) {
        api.get("/healthz", request -> Response.text(200, "ok\n"))
                .get("/readyz", request -> ready())
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

    private Map<String, Object> overview() {
        var overview = new LinkedHashMap<String, Object>();
        overview.put("version", Version.text());
        overview.put("compile", "java " + Runtime.version());
        overview.put("config", config);
        overview.put("model", self);
        overview.put("stats", ClusterStats.of(guard.online()));
        return overview;
    }

    private static Map<String, Object> progress(Control control) {
        long open = control.topology().slots().stream().filter(s -> !s.idle()).count();
        return Map.of("slots_open", open, "moves", control.moves().mover().progress());
    }

    private Response ready() {
        boolean leads = leading.get().filter(c -> c.state().leading()).isPresent();
        return leads ? Response.text(200, "ok\n") : Response.text(503, Reason.NOT_READY.word() + ": does not lead\n");
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
