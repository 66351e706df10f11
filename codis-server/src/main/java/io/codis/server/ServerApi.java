package io.codis.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.server.role.RoleKeeper;
import io.codis.server.role.RoleState;
import io.codis.server.role.Succession;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The launcher's routes; docs/architecture.md, "The launcher". */
final class ServerApi {

    private static final Duration LOOK = Duration.ofMillis(250);

    private final Set<String> names;
    private final RoleKeeper keeper;
    private final RoleState state;
    private final Succession succession;

    /** @param names under which others mean this server */
    ServerApi(RoleKeeper keeper, RoleState state, Succession succession, Set<String> names) {
        this.names = names;
        this.keeper = keeper;
        this.state = state;
        this.succession = succession;
    }

    HttpApi.Builder routes() {
        return HttpApi.builder()
                // whoever restarts a server for the state of its engine or role ends what a restart cannot mend
                .open("/healthz", request -> Response.text(200, "ok\n"))
                .open("/readyz", request -> ready())
                .get("/api/server/state", meant(request -> look()))
                .put("/api/server/control/{leader}", meant(request -> Response.json(keeper.control(leader(request)))))
                .put(
                        "/api/server/promise/{leader}/{epoch}",
                        meant(request -> Response.json(keeper.promise(leader(request), request.number("epoch")))))
                .put("/api/server/role", meant(request -> Response.json(keeper.role(request.json(RoleOrder.class)))))
                .put(
                        "/api/server/lease/{leader}/{epoch}/{clock}",
                        meant(request -> Response.json(
                                keeper.lease(leader(request), request.number("epoch"), request.number("clock")))))
                .put("/api/server/fence/{leader}", meant(request -> Response.json(keeper.fence(leader(request)))))
                .put("/api/server/wipe/{leader}", meant(request -> Response.json(keeper.wipe(leader(request)))))
                .put("/api/server/map/{leader}", meant(request -> {
                    keeper.keep(leader(request), request.json(JsonNode.class));
                    return Response.ok();
                }))
                .get("/api/server/identity", meant(request -> Response.json(keeper.identity())))
                .get(
                        "/api/server/peer/{group}/{epoch}",
                        meant(request -> Response.json(
                                Map.of("granted", keeper.grants(request.integer("group"), request.number("epoch"))))));
    }

    /** Addresses are given to other servers when one is gone: a request that names its server is for that one only. */
    private HttpApi.Handler meant(HttpApi.Handler handler) {
        return request -> {
            String query = request.query();
            if (query.startsWith("to=") && !names.contains(query.substring("to=".length()))) {
                throw new CodisException(
                        Reason.FOREIGN_SERVER, "the request is for " + query.substring(3) + ", this is " + names);
            }
            return handler.handle(request);
        };
    }

    private Response look() {
        ServerState now = state.now(LOOK);
        // whoever is told that this server leaves has looked after that
        succession.looked();
        return Response.json(now);
    }

    private Response ready() {
        String why = state.unready();
        return why.isEmpty() ? Response.text(200, "ready\n") : Response.text(503, why + "\n");
    }

    private static long leader(Request request) {
        return request.number("leader");
    }
}
