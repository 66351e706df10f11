package io.codis.server;

import io.codis.core.wire.RoleOrder;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.server.role.RoleKeeper;
import io.codis.server.role.RoleState;
import io.codis.server.role.Succession;
import java.time.Duration;
import java.util.Map;

/** The launcher's routes; docs/architecture.md, "The launcher". */
final class ServerApi {

    private static final Duration LOOK = Duration.ofMillis(250);

    private final RoleKeeper keeper;
    private final RoleState state;
    private final Succession succession;

    ServerApi(RoleKeeper keeper, RoleState state, Succession succession) {
        this.keeper = keeper;
        this.state = state;
        this.succession = succession;
    }

    HttpApi.Builder routes() {
        return HttpApi.builder()
                // whoever restarts a server for the state of its engine or role ends what a restart cannot mend
                .open("/healthz", request -> Response.text(200, "ok\n"))
                .open("/readyz", request -> ready())
                .get("/api/server/state", request -> look())
                .put("/api/server/control/{leader}", request -> Response.json(keeper.control(leader(request))))
                .put(
                        "/api/server/promise/{leader}/{epoch}",
                        request -> Response.json(keeper.promise(leader(request), request.number("epoch"))))
                .put("/api/server/role", request -> Response.json(keeper.role(request.json(RoleOrder.class))))
                .put(
                        "/api/server/lease/{leader}/{epoch}/{clock}",
                        request -> Response.json(
                                keeper.lease(leader(request), request.number("epoch"), request.number("clock"))))
                .put("/api/server/fence/{leader}", request -> Response.json(keeper.fence(leader(request))))
                .put("/api/server/wipe/{leader}", request -> Response.json(keeper.wipe(leader(request))))
                .get(
                        "/api/server/peer/{group}/{epoch}",
                        request -> Response.json(
                                Map.of("granted", keeper.grants(request.integer("group"), request.number("epoch")))));
    }

    private Response look() {
        succession.looked();
        return Response.json(state.now(LOOK));
    }

    private Response ready() {
        String why = state.unready();
        return why.isEmpty() ? Response.text(200, "ready\n") : Response.text(503, why + "\n");
    }

    private static long leader(Request request) {
        return request.number("leader");
    }
}
