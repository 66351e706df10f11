package io.codis.dashboard;

import io.codis.core.codis3.ProxyStats;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.ProxyModel;
import io.codis.core.wire.RouteConfirmation;
import io.codis.core.wire.RouteTable;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The admin side of a proxy: takes routes, keeps them, and fails when told to. It serves no client. */
public final class TestProxy implements AutoCloseable {

    public static final String PRODUCT = "demo";
    public static final String AUTH = "secret";

    private final String token;
    private final HttpApi api;
    private final List<RouteTable> tables = new CopyOnWriteArrayList<>();
    private volatile boolean mute;
    private volatile boolean online;
    private volatile long brokenSince;
    private volatile ProxyStats.@Nullable BrokenMove brokenMove;

    public TestProxy(String token) {
        this.token = token;
        String xauth = Xauth.ofProxy(PRODUCT, AUTH, token);
        this.api = HttpApi.builder()
                .get("/api/proxy/model", request -> Response.json(model()))
                .get("/api/proxy/xping/" + xauth, request -> Response.ok())
                .get("/api/proxy/stats/" + xauth, request -> Response.json(stats()))
                .put("/api/proxy/route/" + xauth, this::route)
                .put("/api/proxy/start/" + xauth, request -> {
                    online = true;
                    return Response.ok();
                })
                .put("/api/proxy/shutdown/" + xauth, request -> Response.ok())
                .start(new InetSocketAddress("127.0.0.1", 0));
    }

    public String adminAddress() {
        return "127.0.0.1:" + api.port();
    }

    public String token() {
        return token;
    }

    /** While mute it confirms nothing. */
    public void mute(boolean value) {
        mute = value;
    }

    /** As after a restart of the process: the routes are gone. */
    public void forget() {
        online = false;
        tables.clear();
    }

    public void report(ProxyStats.BrokenMove broken) {
        brokenMove = broken;
    }

    public boolean online() {
        return online;
    }

    /** All tables that it has confirmed, oldest first. */
    public List<RouteTable> tables() {
        return List.copyOf(tables);
    }

    public RouteTable table() {
        return tables.getLast();
    }

    public ProxyModel model() {
        return new ProxyModel(
                token, "t0", adminAddress(), "tcp4", "127.0.0.1:19000", null, PRODUCT, 1, "/", "test", "localhost", "");
    }

    @Override
    public void close() {
        api.close(java.time.Duration.ZERO);
    }

    private Response route(Request request) {
        if (mute) {
            throw new CodisException(Reason.TIMED_OUT, "mute");
        }
        var table = request.json(RouteTable.class);
        tables.add(table);
        return Response.json(new RouteConfirmation(table.epoch(), table.version()));
    }

    private ProxyStats stats() {
        var broken = brokenMove;
        return new ProxyStats(
                online,
                false,
                new ProxyStats.SentinelStats(List.of(), java.util.Map.of(), false),
                new ProxyStats.Ops(0, 0, new ProxyStats.RedisErrors(0), 0, null),
                new ProxyStats.Sessions(0, 0),
                new ProxyStats.Usage("", 0, 0, null),
                new ProxyStats.BackendMode(false),
                null,
                List.of(),
                broken == null ? List.of() : List.of(broken),
                List.of(),
                null,
                online);
    }
}
