package io.codis.it.safety;

import io.codis.core.problem.CodisException;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.infra.http.ApiClient;
import io.codis.infra.secret.ClusterSecret;
import io.codis.server.ServerMain;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Ports;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A real launcher with its engine; the test is the leading dashboard. */
final class LauncherProcess implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(60);

    private final int port = Ports.free();
    private final Path directory;
    private final Engine engine;
    private final double lease;
    private final ClusterSecret secret;
    private final Path secretFile;
    private final ApiClient client;
    private ChildProcess process;

    /** {@code lease} in seconds; servers of one cluster share {@code secretFile}, which is made when it is not there. */
    LauncherProcess(Path directory, Engine engine, double lease, Path secretFile) {
        this.directory = directory;
        this.engine = engine;
        this.lease = lease;
        this.secretFile = secretFile;
        this.secret = ClusterSecret.loadOrCreate(secretFile);
        this.client = ApiClient.create(Duration.ofSeconds(20), secret.derive("api"));
        this.process = launch();
        awaitEngine();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String api() {
        return "127.0.0.1:" + (port + 10000);
    }

    ServerState state() {
        return client.get(url("state"), ServerState.class);
    }

    ServerState control(long leader) {
        return client.put(url("control/" + leader), ServerState.class);
    }

    ServerState promise(long leader, long epoch) {
        return client.put(url("promise/" + leader + "/" + epoch), ServerState.class);
    }

    ServerState lease(long leader, long epoch, long clock) {
        return client.put(url("lease/" + leader + "/" + epoch + "/" + clock), ServerState.class);
    }

    ServerState fence(long leader) {
        return client.put(url("fence/" + leader), ServerState.class);
    }

    ServerState wipe(long leader) {
        return client.put(url("wipe/" + leader), ServerState.class);
    }

    /** Member of {@code group}; {@code peers} are the launchers of all its members. */
    ServerState role(long leader, long epoch, int group, @Nullable String master, List<String> peers) {
        return role(state(), leader, epoch, group, master, peers);
    }

    /** The same, decided in an earlier state. */
    ServerState role(
            ServerState seen, long leader, long epoch, int group, @Nullable String master, List<String> peers) {
        String run = master == null ? seen.runId() : null;
        var order = new RoleOrder("cluster", group, leader, epoch, seen.clock(), master, run, peers);
        return client.putJson(url("role"), order, ServerState.class);
    }

    /** Master of a group of its own, under leader 1 and epoch 1. */
    void makeMaster() {
        control(1);
        role(1, 1, 1, null, List.of(api()));
        await("master", state -> state.role() == ServerState.Role.MASTER);
    }

    /** A connection of the leading dashboard. */
    RespConnection login(long leader) throws IOException {
        RespConnection connection = RespConnection.open(address(), Duration.ofSeconds(20));
        connection.call("AUTH", "ctl-" + leader, secret.derive("ctl-" + leader)).text();
        return connection;
    }

    void await(String what, Predicate<ServerState> condition) {
        Awaitility.await(what + " at " + address()).atMost(SOON).until(() -> {
            try {
                return condition.test(state());
            } catch (CodisException e) {
                return false;
            }
        });
    }

    private void awaitEngine() {
        await("an engine", state -> state.engine() == ServerState.Engine.UP);
    }

    long enginePid() {
        return ProcessHandle.of(process.pid())
                .orElseThrow()
                .children()
                .findFirst()
                .orElseThrow()
                .pid();
    }

    ChildProcess process() {
        return process;
    }

    /** SIGKILL, and starts it again. */
    void restart() {
        process.kill();
        process = launch();
        awaitEngine();
    }

    @Override
    public void close() {
        process.close();
        client.close();
    }

    /** SIGKILL, and starts it with another engine on the same data. */
    ChildProcess restartWith(Engine other) {
        process.kill();
        process = launch(other);
        return process;
    }

    private ChildProcess launch() {
        return launch(engine);
    }

    private ChildProcess launch(Engine program) {
        List<String> arguments = List.of(
                "--port",
                "" + port,
                "--dir",
                directory.resolve("server-" + port).toString(),
                "--cluster-secret-file",
                secretFile.toString(),
                "--engine",
                program.binary().toString(),
                "--lease",
                "" + lease,
                "--appendonly",
                "yes");
        return ChildProcess.java("launcher " + port, directory.resolve(port + ".log"), ServerMain.class, arguments);
    }

    private String url(String path) {
        return "http://" + api() + "/api/server/" + path;
    }
}
