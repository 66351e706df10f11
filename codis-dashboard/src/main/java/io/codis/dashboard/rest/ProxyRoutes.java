package io.codis.dashboard.rest;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.ProxyCommand;
import io.codis.core.topology.ProxyEntry;
import io.codis.core.topology.ProxyModel;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import java.time.Duration;

/** Proxies: registration, which ends when they serve, and removal. */
final class ProxyRoutes {

    private static final String BASE = "/api/topom/proxy/";
    private static final Duration SERVING = Duration.ofSeconds(10);
    /** More than a proxy takes for its clients by default, proxy_drain_timeout. */
    private static final Duration LEAVING = Duration.ofSeconds(12);

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int ATTEMPTS = 10;

    private ProxyRoutes() {}

    static void add(HttpApi.Builder api, Guard guard) {
        api.put(BASE + "create/{x}/{addr}", guard.change(ProxyRoutes::create))
                .put(BASE + "online/{x}/{addr}", guard.change(ProxyRoutes::online))
                .put(BASE + "reinit/{x}/{token}", guard.change(ProxyRoutes::reinit))
                .put(BASE + "remove/{x}/{token}/{force}", guard.change(ProxyRoutes::remove));
    }

    private static void create(Control control, Request request) {
        String address = request.param("addr");
        ProxyModel model = checked(control, address, true);
        control.state().commit(new ProxyCommand.CreateProxy(model));
        awaitServing(control, model.token());
    }

    private static void online(Control control, Request request) {
        ProxyModel model = checked(control, request.param("addr"), false);
        control.state().commit(new ProxyCommand.OnlineProxy(model));
        // it may be a new process without routes, whatever its predecessor has confirmed
        control.access().fleet().pushAgain(model.token());
        awaitServing(control, model.token());
    }

    private static void reinit(Control control, Request request) {
        ProxyEntry proxy = control.topology().proxy(request.param("token"));
        control.access().fleet().pushAgain(proxy.token());
        awaitServing(control, proxy.token());
    }

    private static ProxyModel checked(Control control, String address, boolean withCause) {
        var proxies = control.access().proxies();
        ProxyModel model;
        try {
            model = proxies.model(address);
        } catch (CodisException e) {
            throw problem(e, "proxy@" + address + " fetch model failed", withCause);
        }
        if (!model.productName().equals(control.topology().product())) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "proxy@" + address + " belongs to product " + model.productName() + ", this is "
                            + control.topology().product());
        }
        try {
            proxies.xping(model.adminAddr(), model.token());
            return model;
        } catch (CodisException e) {
            throw problem(e, "proxy@" + address + " check xauth failed", withCause);
        }
    }

    private static CodisException problem(CodisException e, String text, boolean withCause) {
        return new CodisException(e.reason(), withCause ? text + ", " + e.getMessage() : text, e);
    }

    private static void awaitServing(Control control, String token) {
        try {
            if (control.access().fleet().awaitServing(token, SERVING)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!control.state().leading()) {
            throw Guard.notOnline("it does not lead any more");
        }
        CodisException why = control.access().fleet().problem(token);
        throw new CodisException(
                why == null ? Reason.TIMED_OUT : why.reason(),
                "proxy-[" + token + "] fillslots failed" + (why == null ? "" : ", " + why.getMessage()));
    }

    private static void remove(Control control, Request request) {
        ProxyEntry proxy = control.topology().proxy(request.param("token"));
        boolean force = request.flag("force");
        try {
            control.access().proxies().shutdown(proxy.model().adminAddr(), proxy.token());
            awaitEnd(control, proxy);
        } catch (CodisException e) {
            if (!force) {
                throw new CodisException(
                        e.reason(), "proxy-[" + proxy.token() + "] shutdown failed, " + e.getMessage(), e);
            }
        }
        forget(control, proxy.token());
    }

    /** Its clients get their replies first: forgetting it deletes its login, and whatever is under way with it. */
    private static void awaitEnd(Control control, ProxyEntry proxy) {
        long end = System.nanoTime() + LEAVING.toNanos();
        while (leaving(control, proxy) && System.nanoTime() < end) {
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static boolean leaving(Control control, ProxyEntry proxy) {
        try {
            return control.access()
                    .proxies()
                    .stats(proxy.model().adminAddr(), proxy.token())
                    .closed();
        } catch (CodisException e) {
            return false;
        }
    }

    /** One that still answers may have been admitted again in between. */
    private static void forget(Control control, String token) {
        for (int attempt = 1; ; attempt++) {
            ProxyEntry present = control.topology().proxies().get(token);
            if (present == null) {
                return;
            }
            if (present.admitted()) {
                control.access().fleet().evict(present);
            }
            try {
                control.state().commit(new ProxyCommand.RemoveProxy(token));
                control.access().fleet().reconcileAll();
                return;
            } catch (CodisException e) {
                if (e.reason() != Reason.BUSY || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
