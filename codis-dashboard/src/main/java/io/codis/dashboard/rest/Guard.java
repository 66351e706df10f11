package io.codis.dashboard.rest;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Xauth;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What every route checks first, in the words of Codis: the guard, and whether this dashboard leads. Where it does not, the one
 * that leads answers.
 */
final class Guard {

    private final String xauth;
    private final Supplier<Optional<Control>> leading;
    private final Forwarding forwarding;

    Guard(String product, Supplier<Optional<Control>> leading, Forwarding forwarding) {
        this.xauth = Xauth.ofDashboard(product);
        this.leading = leading;
        this.forwarding = forwarding;
    }

    /** For callers who know the product; by the dashboard that leads. */
    HttpApi.Handler leading(Action action) {
        return checked(open(action));
    }

    /** As {@link #leading}, answering {@code "OK"}. */
    HttpApi.Handler change(Change change) {
        return leading((control, request) -> {
            change.make(control, request);
            return Response.ok();
        });
    }

    /** Open to everybody, as in Codis; by the dashboard that leads. */
    HttpApi.Handler open(Action action) {
        return request ->
                here().map(control -> action.handle(control, request)).orElseGet(() -> forwarding.pass(request));
    }

    /** For callers who know the product; by whichever dashboard they have asked. */
    HttpApi.Handler checked(HttpApi.Handler handler) {
        return request -> {
            check(request);
            return handler.handle(request);
        };
    }

    interface Action {
        Response handle(Control control, Request request);
    }

    interface Change {
        void make(Control control, Request request);
    }

    /** Empty unless this dashboard leads. */
    Optional<Control> here() {
        return leading.get().filter(control -> control.state().leading());
    }

    /** In the words of Codis, which others look for. */
    static CodisException notOnline(String why) {
        return new CodisException(Reason.NOT_READY, DashboardApi.NOT_ONLINE + ": " + why);
    }

    private void check(Request request) {
        String given = request.params().getOrDefault("x", "");
        if (given.isBlank()) {
            throw new CodisException(Reason.UNAUTHORIZED, "missing xauth, please check product name & auth");
        }
        if (!given.equals(xauth)) {
            throw new CodisException(Reason.UNAUTHORIZED, "invalid xauth, please check product name & auth");
        }
    }
}
