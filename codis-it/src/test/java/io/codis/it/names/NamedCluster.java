package io.codis.it.names;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.ServerState;
import io.codis.core.wire.Xauth;
import io.codis.dashboard.DashboardMain;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.secret.ClusterSecret;
import io.codis.testkit.ChildProcess;
import io.codis.testkit.Engine;
import io.codis.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * Servers and a dashboard as processes that look names up in a file of the test's, and all servers on one port of different
 * loopback addresses: as pods are.
 */
final class NamedCluster implements AutoCloseable {

    private static final String PRODUCT = "named";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Path directory;
    private final Path hostsFile;
    private final Path secretFile;
    private final ClusterSecret secret;
    private final Engine engine;
    private final int port = Ports.free();
    private final int dashboardPort = Ports.free();
    private final Map<String, String> addresses = new TreeMap<>();
    private final Map<String, ChildProcess> servers = new TreeMap<>();
    private final ApiClient client;
    private final ApiClient launchers;
    private ChildProcess dashboard;

    NamedCluster(Engine engine) throws IOException {
        this.engine = engine;
        directory = Files.createTempDirectory("codis-names-");
        hostsFile = directory.resolve("hosts");
        secretFile = directory.resolve("secret");
        secret = ClusterSecret.loadOrCreate(secretFile);
        client = ApiClient.create(Duration.ofSeconds(60));
        launchers = ApiClient.create(Duration.ofSeconds(5), secret.derive("api"));
        Files.writeString(
                directory.resolve("dashboard.toml"),
                "product_name = \"" + PRODUCT + "\"\nadmin_addr = \"127.0.0.1:" + dashboardPort + "\"\n");
        names();
    }

    /** What the name service says from now on; the server itself stays where it is. */
    void name(String host, String address) {
        addresses.put(host, address);
        names();
    }

    /** Nobody can be found. */
    void noNames() {
        write("127.0.0.1 localhost\n");
    }

    /** Everybody can be found again. */
    void names() {
        var text = new StringBuilder("127.0.0.1 localhost\n");
        addresses.forEach(
                (host, address) -> text.append(address).append(' ').append(host).append('\n'));
        write(text.toString());
    }

    /** A server of that name, at that address. */
    void start(String host, String address) {
        name(host, address);
        startUnseen(host, address);
        await(host + " is up", () -> state(address).engine() == ServerState.Engine.UP);
    }

    void startUnseen(String host, String address) {
        var arguments = List.of(
                "-p", Integer.toString(port),
                "--bind", address,
                "--announce", host,
                "--dir", directory.resolve(host).toString(),
                "--cluster-secret-file", secretFile.toString(),
                "--lease", "4",
                "--engine", engine.binary().toString());
        servers.put(host, child(host, "io.codis.server.ServerMain", arguments));
    }

    void stop(String host) {
        ChildProcess server = servers.remove(host);
        if (server == null || server.stop() != 0) {
            throw new AssertionError(host + " did not stop in good order");
        }
    }

    void startDashboard() {
        var arguments = new ArrayList<>(
                List.of("-c", directory.resolve("dashboard.toml").toString()));
        arguments.addAll(
                List.of("--filesystem", directory.resolve("coordinator").toString()));
        dashboard = child("dashboard", DashboardMain.class.getName(), arguments);
        await("the dashboard leads", () -> client.getBytes("http://127.0.0.1:" + dashboardPort + "/readyz").length > 0);
    }

    void stopDashboard() {
        dashboard.stop();
    }

    void group(int gid, String... hosts) {
        api("group/create", gid);
        for (String host : hosts) {
            api("group/add", gid, name(host));
        }
    }

    String name(String host) {
        return host + ":" + port;
    }

    /** A change by the dashboard's API. */
    void api(String operation, Object... rest) {
        var url = new StringBuilder(
                "http://127.0.0.1:" + dashboardPort + "/api/topom/" + operation + "/" + Xauth.ofDashboard(PRODUCT));
        for (Object part : rest) {
            url.append('/').append(part);
        }
        client.put(url.toString());
    }

    /** Gives all slots to a group. */
    void assignAll(int gid) {
        var slots = new ArrayList<Map<String, Object>>();
        for (int slot = 0; slot < 1024; slot++) {
            slots.add(Map.of("id", slot, "group_id", gid, "action", Map.of()));
        }
        client.putJson(
                "http://127.0.0.1:" + dashboardPort + "/api/topom/slots/assign/" + Xauth.ofDashboard(PRODUCT), slots);
    }

    JsonNode stats() {
        return Json.tree(client.getBytes(
                "http://127.0.0.1:" + dashboardPort + "/api/topom/stats/" + Xauth.ofDashboard(PRODUCT)));
    }

    /** The name of a group's master. */
    String master(int gid) {
        for (JsonNode group : stats().path("group").path("models")) {
            if (group.path("id").asInt() == gid) {
                return group.path("servers").path(0).path("server").asText();
            }
        }
        return "";
    }

    /** What the launcher at an address says. */
    ServerState state(String address) {
        return launchers.get("http://" + address + ":" + (port + 10000) + "/api/server/state", ServerState.class);
    }

    /** It follows the server at {@code master}, and is in sync. */
    void awaitReplica(String address, String master) {
        await(address + " follows " + master, () -> {
            ServerState state = state(address);
            return state.linkUp() && (master + ":" + port).equals(state.master());
        });
    }

    /** It may be promoted, by what is stored. */
    void awaitCandidate(String host) {
        Path stored = directory.resolve("coordinator/data/codis3/" + PRODUCT + "/cluster");
        await(host + " is a candidate", () -> {
            for (JsonNode group : Json.tree(Files.readAllBytes(stored)).path("groups")) {
                for (JsonNode member : group.path("members")) {
                    if (member.path("address").asText().equals(name(host))) {
                        return member.path("candidacy").asText().equals("CANDIDATE");
                    }
                }
            }
            return false;
        });
    }

    void awaitMaster(String address) {
        await(address + " is a master", () -> state(address).role() == ServerState.Role.MASTER);
    }

    /** A connection with all rights. */
    RedisConnection connect(String host, String address) {
        var login = new Credentials("launcher", secret.derive("launcher-" + name(host)));
        return RedisConnection.connect(address + ":" + port, Duration.ofSeconds(5), login);
    }

    void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    try {
                        return condition.call();
                    } catch (CodisException e) {
                        return false;
                    }
                });
    }

    /** Repeats what is refused for a while only. */
    void eventually(Runnable change) {
        await("accepted", () -> {
            try {
                change.run();
                return true;
            } catch (CodisException e) {
                if (e.reason() == Reason.INVALID_ARGUMENT || e.reason() == Reason.ALREADY_EXISTS) {
                    throw new AssertionError(e);
                }
                return false;
            }
        });
    }

    @Override
    public void close() {
        if (dashboard != null) {
            dashboard.close();
        }
        servers.values().forEach(ChildProcess::close);
        client.close();
        launchers.close();
    }

    private ChildProcess child(String name, String main, List<String> arguments) {
        return ChildProcess.start(
                name,
                directory.resolve(name + ".log"),
                ChildProcess.javaCommand(main, arguments),
                Map.of(
                        "JAVA_TOOL_OPTIONS",
                        "-Djdk.net.hosts.file=" + hostsFile,
                        "CODIS_SECRET_FILE",
                        secretFile.toString()));
    }

    /** Whole or not at all: it is read at any moment. */
    private void write(String text) {
        try {
            Path next = hostsFile.resolveSibling("hosts.new");
            Files.writeString(next, text);
            Files.move(next, hostsFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
