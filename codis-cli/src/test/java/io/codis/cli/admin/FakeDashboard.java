package io.codis.cli.admin;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers as a dashboard and a proxy do, and remembers what was asked. */
public final class FakeDashboard implements AutoCloseable {

    public static final String PRODUCT = "codis-demo";
    static final String AUTH = "proxy-password";
    static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private static final String MODEL = """
            {"token":"t","start_time":"now","admin_addr":"127.0.0.1:1","product_name":"codis-demo","pid":1,"pwd":"/","sys":"x"}
            """;
    private static final String PROXY_MODEL = """
            {"token":"%s","start_time":"now","admin_addr":"127.0.0.1:1","proto_type":"tcp4","proxy_addr":"127.0.0.1:2",
             "product_name":"codis-demo","pid":1,"pwd":"/","sys":"x","hostname":"h","datacenter":""}
            """.formatted(TOKEN);

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpApi api;
    private volatile String stats = "{}";
    private volatile boolean away;
    private final AtomicInteger looks = new AtomicInteger();

    public FakeDashboard() {
        api = HttpApi.builder()
                .get("/api/topom/model", request -> json(MODEL))
                .get(
                        "/topom",
                        request -> json("{\"config\":{\"a\":1},\"model\":" + MODEL + ",\"stats\":" + stats + "}"))
                .get("/api/topom/xping/{x}", request -> guarded(request, Xauth.ofDashboard(PRODUCT), Response.ok()))
                .get("/api/topom/stats/{x}", request -> guarded(request, Xauth.ofDashboard(PRODUCT), look()))
                .get(
                        "/api/topom/slots/{x}",
                        request -> guarded(request, Xauth.ofDashboard(PRODUCT), json("[{\"id\":0}]")))
                .put("/api/topom/group/remove/{x}/{gid}", request -> {
                    throw new CodisException(Reason.NOT_FOUND, "group-[" + request.param("gid") + "] doesn't exist");
                })
                .put("/api/topom/slots/rebalance/{x}/{confirm}", request -> {
                    record(request);
                    return json("{\"0\":1,\"1\":1,\"2\":1,\"5\":1,\"6\":2,\"1023\":2}");
                })
                .get("/proxy", request -> json("{\"config\":{\"b\":2},\"model\":" + PROXY_MODEL + ",\"slots\":[]}"))
                .get("/api/proxy/model", request -> json(PROXY_MODEL))
                .get(
                        "/api/proxy/xping/{x}",
                        request -> guarded(request, Xauth.ofProxy(PRODUCT, AUTH, TOKEN), Response.ok()))
                .fallback(this::anyChange)
                .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    public String address() {
        return "127.0.0.1:" + api.port();
    }

    /** What the stats answer from now on. */
    public void stats(String json) {
        stats = json;
    }

    /** Whether it has no leader's answers. */
    public void away(boolean now) {
        away = now;
    }

    /** How often the stats were asked for. */
    public int looks() {
        return looks.get();
    }

    private Response look() {
        looks.incrementAndGet();
        if (away) {
            throw new CodisException(Reason.NOT_READY, "topom is not online");
        }
        return json(stats);
    }

    @Override
    public void close() {
        api.close();
    }

    private Response anyChange(Request request) {
        if (!request.method().equals("PUT")) {
            return Response.notFound();
        }
        record(request);
        return Response.ok();
    }

    private void record(Request request) {
        String path = request.path()
                .replace(Xauth.ofDashboard(PRODUCT), "X")
                .replace(Xauth.ofProxy(PRODUCT, AUTH, TOKEN), "P");
        String body = new String(request.body(), StandardCharsets.UTF_8);
        asked.add(path + (body.isEmpty() ? "" : " " + body));
    }

    private static Response guarded(Request request, String xauth, Response answer) {
        if (!request.param("x").equals(xauth)) {
            throw new CodisException(Reason.UNAUTHORIZED, "invalid xauth, please check product name & auth");
        }
        return answer;
    }

    private static Response json(String text) {
        return Response.of(200, "application/json; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
