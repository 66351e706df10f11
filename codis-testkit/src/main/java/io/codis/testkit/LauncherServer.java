package io.codis.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.infra.http.ApiClient;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.secret.ClusterSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A storage server as users run it: the process {@code codis-server} with an engine below it. The program must be on the
 * test's class path; this fixture knows it by name only.
 */
public final class LauncherServer implements AutoCloseable {

    private static final String MAIN = "io.codis.server.ServerMain";
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Engine engine;
    private final Path directory;
    private final Path secretFile;
    private final ClusterSecret secret;
    private final List<String> options;
    private final Map<String, String> environment = new TreeMap<>();
    private final int port = Ports.free();
    private final ApiClient client;
    private @Nullable ChildProcess process;

    /**
     * Not started yet.
     *
     * @param directory of data and identity; its log lies beside it
     * @param secretFile made if it is not there
     * @param options of the command line, added at the end
     */
    public LauncherServer(Engine engine, Path directory, Path secretFile, String... options) {
        this.engine = engine;
        this.directory = directory;
        this.secretFile = secretFile;
        this.secret = ClusterSecret.loadOrCreate(secretFile);
        this.options = List.of(options);
        this.client = ApiClient.create(Duration.ofSeconds(5), secret.derive("api"));
    }

    /** Adds a variable to its environment. */
    public LauncherServer with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts it and waits until its engine is up. */
    public LauncherServer start() {
        launch();
        return awaitUp();
    }

    /** Waits until its engine is up. */
    public LauncherServer awaitUp() {
        Awaitility.await("engine of " + address() + " answers")
                .atMost(DEADLINE)
                .until(() -> find(ServerState.Engine.UP));
        return this;
    }

    /** Starts it without waiting. */
    public ChildProcess launch() {
        var arguments = new ArrayList<>(List.of(
                "-p", Integer.toString(port),
                "--dir", directory.toString(),
                "--cluster-secret-file", secretFile.toString(),
                "--engine", engine.binary().toString()));
        arguments.addAll(options);
        Path log = directory.resolveSibling(directory.getFileName() + ".log");
        process =
                ChildProcess.start("codis-server-" + port, log, ChildProcess.javaCommand(MAIN, arguments), environment);
        return process;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    public String apiAddress() {
        return "127.0.0.1:" + (port + 10_000);
    }

    public Path directory() {
        return directory;
    }

    public ClusterSecret secret() {
        return secret;
    }

    public ChildProcess process() {
        return Optional.ofNullable(process).orElseThrow();
    }

    /** The engine's process, a child of the launcher. */
    public long enginePid() {
        return ProcessHandle.of(process().pid())
                .orElseThrow()
                .children()
                .map(ProcessHandle::pid)
                .findFirst()
                .orElseThrow();
    }

    public ServerState state() {
        return client.get(url("state"), ServerState.class);
    }

    /** The state, if the launcher answers. */
    public Optional<ServerState> tryState() {
        try {
            return Optional.of(state());
        } catch (CodisException e) {
            return Optional.empty();
        }
    }

    public ServerState control(long leaderEpoch) {
        return client.put(url("control/" + leaderEpoch), ServerState.class);
    }

    public ServerState promise(long leaderEpoch, long epoch) {
        return client.put(url("promise/" + leaderEpoch + "/" + epoch), ServerState.class);
    }

    /** As asked of a server that had this one's address before. */
    public ServerState promiseOf(String name, long leaderEpoch, long epoch) {
        return client.put(url("promise/" + leaderEpoch + "/" + epoch + "?to=" + name), ServerState.class);
    }

    public ServerState fence(long leaderEpoch) {
        return client.put(url("fence/" + leaderEpoch), ServerState.class);
    }

    public ServerState wipe(long leaderEpoch) {
        return client.put(url("wipe/" + leaderEpoch), ServerState.class);
    }

    public ServerState lease(long leaderEpoch, long epoch, long clock) {
        return client.put(url("lease/" + leaderEpoch + "/" + epoch + "/" + clock), ServerState.class);
    }

    public ServerState role(RoleOrder order) {
        return client.putJson(url("role"), order, ServerState.class);
    }

    /** Has it write down what it is told of the cluster. */
    public void map(long leaderEpoch, JsonNode map) {
        client.putJson(url("map/" + leaderEpoch), map);
    }

    /** What its volume says. */
    public JsonNode identity() {
        return client.get(url("identity"), JsonNode.class);
    }

    /** Makes it the master of group 1 of the cluster {@code test}, the launchers of {@code members} being its peers. */
    public ServerState master(long leaderEpoch, long epoch, LauncherServer... members) {
        return master(state(), leaderEpoch, epoch, members);
    }

    /** The same, decided for the engine's run of an earlier state. */
    public ServerState master(ServerState seen, long leaderEpoch, long epoch, LauncherServer... members) {
        return role(new RoleOrder("test", 1, leaderEpoch, epoch, seen.clock(), null, seen.runId(), peers(members)));
    }

    /** Makes it a replica of {@code master} in group 1 of the cluster {@code test}. */
    public ServerState replica(long leaderEpoch, long epoch, LauncherServer master, LauncherServer... members) {
        return role(
                new RoleOrder("test", 1, leaderEpoch, epoch, state().clock(), master.address(), null, peers(members)));
    }

    /** Connects to the engine as one of the derived users, such as {@code ctl-3}. */
    public RedisConnection as(String user) {
        String label = user.equals("launcher") ? "launcher-" + address() : user;
        return RedisConnection.connect(address(), Duration.ofSeconds(5), new Credentials(user, secret.derive(label)));
    }

    /** Waits until it says so. */
    public ServerState await(String what, Predicate<ServerState> condition) {
        Awaitility.await(what + " at " + address())
                .atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> tryState().filter(condition).isPresent());
        return state();
    }

    /** SIGKILL to the launcher; its engine ends with it. */
    public void kill() {
        process().kill();
    }

    /** Of a server that does not run: data and identity are gone. */
    public void loseVolume() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
        client.close();
    }

    private boolean find(ServerState.Engine phase) {
        if (!process().isAlive()) {
            throw new AssertionError("codis-server ended:\n" + process().logTail());
        }
        return tryState().filter(state -> state.engine() == phase).isPresent();
    }

    private static List<String> peers(LauncherServer... members) {
        return List.of(members).stream().map(LauncherServer::apiAddress).toList();
    }

    private String url(String what) {
        return "http://" + apiAddress() + "/api/server/" + what;
    }
}
