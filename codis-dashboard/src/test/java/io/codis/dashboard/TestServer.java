package io.codis.dashboard;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.topology.Topology;
import io.codis.core.topology.TopologyDocument;
import io.codis.core.wire.ServerState;
import io.codis.infra.http.HttpApi;
import io.codis.infra.http.Response;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.Engine;
import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real engine with the part of a launcher that this module's tests need: {@code default} is off, and control logins
 * are made and replaced on request. It gives no roles: the engine is a master unless a test says otherwise.
 */
public final class TestServer implements AutoCloseable {

    private static final String PASSWORD = "launcher-of-a-test";

    private final RedisServer redis;
    private final ClusterSecret secret;
    private final HttpApi launcher;
    private final AtomicInteger maps = new AtomicInteger();
    private volatile @Nullable TopologyDocument map;
    private volatile boolean forgetful;

    private TestServer(RedisServer redis, ClusterSecret secret) {
        this.redis = redis;
        this.secret = secret;
        closeDefault();
        this.launcher = HttpApi.builder()
                .bearerToken(secret.derive("api"))
                .put("/api/server/control/{epoch}", request -> Response.json(control(request.number("epoch"))))
                .put("/api/server/map/{epoch}", request -> {
                    if (forgetful) {
                        throw new CodisException(Reason.UNAVAILABLE, "the volume is full");
                    }
                    map = request.json(TopologyDocument.class);
                    maps.incrementAndGet();
                    return Response.ok();
                })
                .start(new InetSocketAddress("127.0.0.1", redis.port() + 10000));
    }

    public static TestServer start(Engine engine, Map<String, String> settings, ClusterSecret secret) {
        return new TestServer(RedisServer.start(engine, settings), secret);
    }

    public RedisServer redis() {
        return redis;
    }

    public String address() {
        return redis.address();
    }

    /** After a kill: the same files, the logins of a fresh start. */
    public void restart() {
        redis.restart();
        closeDefault();
    }

    /** One command as the launcher. */
    public Reply call(String... words) {
        try (var connection = connect()) {
            return connection.call(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection with all rights. */
    public RespConnection connect() {
        try {
            var connection = RespConnection.open(address(), Duration.ofSeconds(30));
            connection.call("AUTH", "launcher", PASSWORD).text();
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void replicate(TestServer master) {
        call("CONFIG", "SET", "masteruser", "launcher").text();
        call("CONFIG", "SET", "masterauth", PASSWORD).text();
        call("REPLICAOF", "127.0.0.1", Integer.toString(master.redis().port())).text();
    }

    /** Whether it refuses to write down what it is told of the cluster. */
    public void forgetful(boolean value) {
        forgetful = value;
    }

    /** The map of the cluster that it was told last. */
    public Topology map() {
        return Objects.requireNonNull(map, "told nothing").toTopology();
    }

    /** How often it was told one. */
    public int maps() {
        return maps.get();
    }

    public long keys() {
        return call("DBSIZE").number();
    }

    @Override
    public void close() {
        launcher.close(Duration.ZERO);
        redis.close();
    }

    private void closeDefault() {
        redis.call("ACL", "SETUSER", "launcher", "reset", "on", ">" + PASSWORD, "~*", "&*", "+@all")
                .text();
        redis.call("ACL", "SETUSER", "default", "off").text();
    }

    private ServerState control(long epoch) {
        String user = "ctl-" + epoch;
        call("ACL", "SETUSER", user, "reset", "on", ">" + secret.derive(user), "~*", "&*", "+@all")
                .text();
        for (String name : call("ACL", "USERS").texts()) {
            if (name.startsWith("ctl-") && Long.parseLong(name.substring(4)) < epoch) {
                call("ACL", "DELUSER", name).text();
            }
        }
        return new ServerState(
                "",
                0,
                address(),
                0,
                0,
                0,
                epoch,
                0,
                0,
                ServerState.Role.MASTER,
                null,
                false,
                ServerState.Engine.UP,
                "",
                "",
                "",
                0,
                "",
                true,
                -1,
                false,
                false,
                0,
                "",
                false,
                null);
    }

    /** Names of users that begin like this. */
    public List<String> users(String prefix) {
        return call("ACL", "USERS").texts().stream()
                .filter(n -> n.startsWith(prefix))
                .toList();
    }
}
