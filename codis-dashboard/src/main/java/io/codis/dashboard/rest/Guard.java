package io.codis.dashboard.rest;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What every route checks first, in the words of Codis: the guard, and whether this dashboard leads. */
final class Guard {

    private final String xauth;
    private final Supplier<Optional<Control>> leading;

    Guard(String product, Supplier<Optional<Control>> leading) {
        this.xauth = Xauth.ofDashboard(product);
        this.leading = leading;
    }

    /** For callers who know the product; only while this dashboard leads. */
    HttpApi.Handler leading(Action action) {
        return request -> {
            check(request);
            return action.handle(online(), request);
        };
    }

    /** As {@link #leading}, answering {@code "OK"}. */
    HttpApi.Handler change(Change change) {
        return leading((control, request) -> {
            change.make(control, request);
            return Response.ok();
        });
    }

    /** Open to everybody, as in Codis. */
    HttpApi.Handler open(Function<Control, Object> answer) {
        return request -> Response.json(answer.apply(online()));
    }

    /** For callers who know the product, whether this dashboard leads or not. */
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

    Control online() {
        return leading.get().filter(control -> control.state().leading()).orElseThrow(Guard::notOnline);
    }

    /** In the words of Codis. */
    static CodisException notOnline() {
        return new CodisException(Reason.NOT_READY, "topom is not online");
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
