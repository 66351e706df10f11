package io.codis.cli.local;

import io.codis.cli.yaml.ClusterFile;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Request;
import io.codis.infra.http.Response;
import io.codis.infra.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** The supervisor's ear for other shells: HTTP on the loopback interface, for whoever can read the token file. */
public final class ControlApi implements AutoCloseable {

    /** The content of the token file. */
    public record Access(int port, String token, long pid) {}

    /** A specification as YAML. */
    record Document(String yaml) {}

    record Generation(long generation) {}

    record Name(String name) {}

    private final HttpApi api;
    private final DataDirectory data;

    private ControlApi(HttpApi api, DataDirectory data) {
        this.api = api;
        this.data = data;
    }

    /** Listens and writes the token file. */
    public static ControlApi start(Supervisor supervisor, DataDirectory data) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        HttpApi api = HttpApi.builder()
                .bearerToken(token)
                .get("/api/codis/status", request -> Response.json(supervisor.status()))
                .get("/api/codis/spec", request -> Response.json(new Document(ClusterFile.text(supervisor.spec()))))
                .get(
                        "/api/codis/journal/{after}",
                        request -> Response.json(supervisor.journal().after(request.number("after"))))
                .put("/api/codis/plan", request -> plan(supervisor, spec(request)))
                .put("/api/codis/apply", request -> {
                    CodisClusterSpec wanted = spec(request);
                    return Response.json(new Generation(supervisor.apply(now -> wanted)));
                })
                .put(
                        "/api/codis/plan-scale",
                        request -> plan(supervisor, request.json(Scale.class).of(supervisor.spec())))
                .put(
                        "/api/codis/scale",
                        request -> Response.json(new Generation(supervisor.apply(request.json(Scale.class)::of))))
                .put(
                        "/api/codis/rebalance/{confirm}",
                        request -> Response.json(supervisor.rebalance(request.flag("confirm"))))
                .put(
                        "/api/codis/failover/{group}",
                        request -> Response.json(new Name(supervisor.failOver(request.integer("group")))))
                .put(
                        "/api/codis/accept-loss/{group}",
                        request -> Response.json(supervisor.asked((dashboard, names) -> RunningCluster.acceptLoss(
                                dashboard, request.integer("group"), Optional.empty(), names))))
                .put(
                        "/api/codis/accept-loss/{group}/{member}",
                        request -> Response.json(supervisor.asked((dashboard, names) -> RunningCluster.acceptLoss(
                                dashboard, request.integer("group"), Optional.of(request.param("member")), names))))
                .put(
                        "/api/codis/replace-member/{server}",
                        request -> Response.json(new Name(supervisor.replaceMember(request.param("server")))))
                .put(
                        "/api/codis/fence/{server}",
                        request -> Response.json(supervisor.asked(
                                (dashboard, names) -> RunningCluster.fence(dashboard, request.param("server"), names))))
                .put(
                        "/api/codis/unfence/{server}",
                        request -> Response.json(supervisor.asked((dashboard, names) ->
                                RunningCluster.unfence(dashboard, request.param("server"), names))))
                .put(
                        "/api/codis/rebuild",
                        request -> Response.json(supervisor.asked(
                                (dashboard, names) -> RunningCluster.rebuild(dashboard, supervisor.servers(), names))))
                .put("/api/codis/down", request -> {
                    supervisor.stop();
                    return Response.ok();
                })
                .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var access = new Access(api.port(), token, ProcessHandle.current().pid());
        data.write(data.control(), Json.pretty(access));
        return new ControlApi(api, data);
    }

    private static Response plan(Supervisor supervisor, CodisClusterSpec wanted) {
        return Response.json(supervisor.plan(wanted));
    }

    private static CodisClusterSpec spec(Request request) {
        return ClusterFile.require(request.json(Document.class).yaml());
    }

    /** Where the supervisor of a data directory listens; {@link Reason#NOT_READY} if there is none. */
    static Access access(DataDirectory data) {
        return find(data).orElseThrow(() -> DirectoryLock.held(data.lock()) ? unreachable(data) : none(data));
    }

    private static CodisException none(DataDirectory data) {
        return new CodisException(
                Reason.NOT_READY, "no cluster runs in " + data.root() + "; start it with " + data.codis("up"));
    }

    private static CodisException unreachable(DataDirectory data) {
        String pid = data.read(data.lock()).map(String::strip).orElse("");
        return new CodisException(
                Reason.BUSY,
                "a cluster runs in " + data.root() + ", pid " + pid + ", and cannot be reached now: " + data.control()
                        + " is missing. If it stays so, stop it with kill " + pid);
    }

    static Optional<Access> find(DataDirectory data) {
        return data.read(data.control())
                .map(text -> Json.read(text, Access.class))
                .filter(access -> ProcessHandle.of(access.pid())
                        .map(ProcessHandle::isAlive)
                        .orElse(false));
    }

    @Override
    public void close() {
        DataDirectory.delete(data.control());
        api.close();
    }
}
