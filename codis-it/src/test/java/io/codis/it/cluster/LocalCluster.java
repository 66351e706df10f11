package io.codis.it.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.codis.cli.Codis;
import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ControlClient;
import io.codis.cli.local.DataDirectory;
import io.codis.core.problem.CodisException;
import io.codis.core.slot.SlotHash;
import io.codis.core.wire.Xauth;
import io.codis.infra.http.ApiClient;
import io.codis.infra.json.Json;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A cluster of real processes, kept by {@code codis up} in a directory and on ports of its own. It is ready when
 * {@link #start} returns; all of it ends with {@link #close} or with the test's JVM.
 */
public final class LocalCluster implements AutoCloseable {

    /** How many of everything. */
    public record Shape(int groups, int perGroup, int proxies, boolean safeWrites) {

        public Shape(int groups, int perGroup, int proxies) {
            this(groups, perGroup, proxies, false);
        }
    }

    private static final Duration START = Duration.ofSeconds(90);
    private static final int SERVERS_FROM = 10;
    private static final int PORTS = 50;
    static final String PRODUCT = "scenario";

    private final Path root;
    private final DataDirectory data;
    private final Engine engine;
    private final int port;
    private final ApiClient client = ApiClient.create(Duration.ofSeconds(3));
    private final int[] groups = new int[SlotHash.SLOTS];
    private int proxies;
    private ChildProcess supervisor;
    private volatile boolean watching = true;

    private LocalCluster(Path root, Engine engine, Shape shape) {
        this.root = root;
        this.data = new DataDirectory(root.resolve("data"));
        this.engine = engine;
        this.port = Ports.block(PORTS);
        this.proxies = shape.proxies();
        write(root.resolve("cluster.yaml"), spec(shape));
        this.supervisor = launch("up", "-f", root.resolve("cluster.yaml").toString());
    }

    public static LocalCluster start(Engine engine, Shape shape) {
        try {
            LocalCluster cluster = new LocalCluster(Files.createTempDirectory("codis-cluster-"), engine, shape);
            try {
                cluster.awaitReady(START);
                Thread.ofPlatform().daemon().name("slot-watch").start(cluster::watch);
                return cluster;
            } catch (RuntimeException | AssertionError e) {
                cluster.keepLogs();
                cluster.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code host:port} of the proxies. */
    public List<String> endpoints() {
        return IntStream.range(0, proxies)
                .mapToObj(i -> "127.0.0.1:" + (port + 2 + i))
                .toList();
    }

    /** Who owns the slot, by what the dashboard said last. */
    public int groupOfSlot(int slot) {
        synchronized (groups) {
            return groups[slot];
        }
    }

    /** From now on nobody asks {@link #groupOfSlot}; the dashboard has less to do, which a measurement wants. */
    public void unwatch() {
        watching = false;
    }

    public ClusterStatus status() {
        try (ControlClient control = ControlClient.of(data)) {
            return control.status();
        }
    }

    /** Asks for so many groups and waits until the cluster is so. */
    public void scale(int wanted, Duration deadline) {
        try (ControlClient control = ControlClient.of(data)) {
            long generation = control.scale(wanted, 0, 0);
            await(
                    wanted + " groups",
                    deadline,
                    status -> status.reached() >= generation && status.groups().size() == wanted && isReady(status));
        }
    }

    /** {@code codis apply} of the cluster with these settings of the engine; what it says. */
    public String settings(Shape shape, String redisConf) {
        Path changed = root.resolve("changed.yaml");
        write(changed, spec(shape).replace("redisSpec: {", "redisSpec: {redisConf: {" + redisConf + "}, "));
        return command("apply", "-f", changed.toString());
    }

    /** The settings of the server of that name as its launcher reads them. */
    public Path settings(String server) {
        return data.conf(server + ".conf");
    }

    /** Asks for so many groups and does not wait. */
    public void beginScale(int wanted) {
        try (ControlClient control = ControlClient.of(data)) {
            control.scale(wanted, 0, 0);
        }
    }

    /** Asks for so many slots of one group to move to another and does not wait. */
    public void beginMove(int from, int to, int slots) {
        client.put("http://127.0.0.1:" + port + "/api/topom/slots/action/create-some/" + Xauth.ofDashboard(PRODUCT)
                + "/" + from + "/" + to + "/" + slots);
    }

    /** A planned switchover; the name of the new master. */
    public String switchOver(int group) {
        try (ControlClient control = ControlClient.of(data)) {
            return control.failOver(group);
        }
    }

    /** Waits until nothing is missing and nothing remains to be done. */
    public void awaitReady(Duration deadline) {
        await("Ready", deadline, LocalCluster::isReady);
    }

    /** The same, and it stays so for {@code quiet}: what has just been hurt may not have been noticed yet. */
    public void awaitSettled(Duration quiet, Duration deadline) {
        long[] since = {0};
        await("Ready for " + quiet, deadline, status -> {
            long now = System.nanoTime();
            since[0] = !isReady(status) ? 0 : since[0] == 0 ? now : since[0];
            return since[0] != 0 && now - since[0] >= quiet.toNanos();
        });
    }

    private static boolean isReady(ClusterStatus status) {
        return status.phase() == ClusterStatus.Phase.READY
                && status.whole()
                && status.slots().moving() == 0
                && status.reached() == status.generation();
    }

    /** Waits for any other condition; says at the end what the status was then. */
    public void await(String what, Duration deadline, Predicate<ClusterStatus> condition) {
        StringBuilder last = new StringBuilder();
        try {
            Awaitility.await(what)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(200))
                    .atMost(deadline)
                    .until(() -> holds(condition, last));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not " + what + " within " + deadline + ": " + last, e);
        }
    }

    private boolean holds(Predicate<ClusterStatus> condition, StringBuilder last) {
        last.setLength(0);
        if (!supervisor.isAlive()) {
            throw new AssertionError("codis up has ended\n" + supervisor.logTail());
        }
        try {
            ClusterStatus status = status();
            last.append(status);
            return condition.test(status);
        } catch (CodisException e) {
            last.append(e.getMessage());
            return false;
        }
    }

    /** {@code codis down}, by the same way as a person's. */
    public void down() {
        ChildProcess down = launch("down");
        if (down.awaitEnd(Duration.ofSeconds(120)) != 0) {
            throw new AssertionError("codis down failed\n" + down.logTail());
        }
        supervisor.awaitEnd(Duration.ofSeconds(30));
    }

    /** Every process is killed, the supervisor first. */
    public void crash() {
        List<Long> pids =
                processes("").stream().flatMap(name -> pid(name).stream()).toList();
        supervisor.kill();
        pids.forEach(pid -> ChildProcess.signal(pid, "KILL"));
    }

    /** All that the coordinator knew is gone. */
    public void loseCoordinator() {
        delete(data.coordinator());
    }

    /** All that the server of that name had is gone; it must not run. */
    public void loseVolume(String server) {
        delete(data.server(server));
    }

    /** The server of that name does not start any more; it must not run. */
    public void breakIdentity(String server) {
        write(data.server(server).resolve("identity.json"), "{");
    }

    /** What a person sees of a command that works. */
    public String command(String... arguments) {
        ChildProcess command = launch(arguments);
        int code = command.awaitEnd(Duration.ofSeconds(60));
        if (code != 0) {
            throw new AssertionError(
                    "codis " + String.join(" ", arguments) + " ended with " + code + "\n" + command.logTail());
        }
        return command.logTail();
    }

    /** The dashboard's lease is no longer its own: what it has locked is not what is there. */
    public void loseLease() {
        delete(data.coordinator().resolve("leases"));
    }

    /** A change by the dashboard's API, such as {@code slots/action/interval} and {@code 100}. */
    public void dashboard(String operation, String rest) {
        client.put(
                "http://127.0.0.1:" + port + "/api/topom/" + operation + "/" + Xauth.ofDashboard(PRODUCT) + "/" + rest);
    }

    /** Another dashboard beside that of {@code codis up}; its address is {@link #standby}. */
    public ChildProcess startStandby() {
        Path settings = root.resolve("standby.toml");
        write(settings, "product_name = \"" + PRODUCT + "\"\nadmin_addr = \"" + standby() + "\"\n");
        return ChildProcess.start(
                "standby",
                root.resolve("standby.log"),
                codis(List.of("codis-dashboard", "--config=" + settings, "--filesystem=" + data.coordinator())),
                Map.of(ClusterSecret.VARIABLE, data.secret().toString()));
    }

    public String standby() {
        return "127.0.0.1:" + (port + 1);
    }

    /** {@code host:port} of the dashboard of {@code codis up}. */
    public String dashboard() {
        return "127.0.0.1:" + port;
    }

    /** How many keys the dashboard has moved. */
    public long keysMoved() {
        JsonNode progress = Json.tree(
                client.getBytes("http://127.0.0.1:" + port + "/api/topom/progress/" + Xauth.ofDashboard(PRODUCT)));
        long moved = 0;
        for (JsonNode move : progress.path("moves")) {
            moved += move.path("keys_moved").asLong();
        }
        return moved;
    }

    /** {@code codis up} with what is stored; does not wait. */
    public void up() {
        supervisor.close();
        supervisor = launch("up");
    }

    /** The process of that name, as {@code codis status} shows it; empty while it is not there. */
    public Optional<Long> pid(String name) {
        return data.read(data.run().resolve(name + ".pid"))
                .map(text -> Long.parseLong(text.split(" ", 2)[0]))
                .filter(pid -> ProcessHandle.of(pid).isPresent());
    }

    /** The engine below the launcher {@code server}. */
    public Optional<Long> enginePid(String server) {
        return pid(server)
                .flatMap(ProcessHandle::of)
                .flatMap(launcher -> launcher.children().findFirst())
                .map(ProcessHandle::pid);
    }

    /** The names of the running processes that begin with {@code prefix}. */
    public List<String> processes(String prefix) {
        return status().processes().stream()
                .map(process -> process.name())
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    /** The name of the server that is master of {@code group}. */
    public String master(int group) {
        return status().groups().stream()
                .filter(candidate -> candidate.id() == group)
                .flatMap(candidate -> candidate.servers().stream())
                .filter(server -> server.role().equals("master"))
                .findFirst()
                .orElseThrow()
                .name();
    }

    /** Whether the server of that name is a master. */
    public boolean isMaster(String server) {
        return status().groups().stream()
                .anyMatch(group -> !group.servers().isEmpty()
                        && group.servers().getFirst().name().equals(server));
    }

    /** {@code host:port} of all servers. */
    public List<String> addresses() {
        return status().groups().stream()
                .flatMap(group -> group.servers().stream())
                .map(server -> server.address())
                .toList();
    }

    /** Of which the logins of all processes are derived. */
    public ClusterSecret secret() {
        return ClusterSecret.load(data.secret());
    }

    /** Sends a signal to a process and waits, for one that must end, until another has taken its place. */
    public void restart(String name, String signal, Duration deadline) {
        long before = pid(name).orElseThrow();
        ChildProcess.signal(before, signal);
        Awaitility.await("another " + name)
                .atMost(deadline)
                .until(() -> pid(name).map(now -> now != before).orElse(false));
    }

    /** Where the logs of all processes are. */
    public Path logs() {
        return data.logs();
    }

    /** The product's name, for the dashboard's API. */
    public JsonNode dashboardStats() {
        return Json.tree(
                client.getBytes("http://127.0.0.1:" + port + "/api/topom/stats/" + Xauth.ofDashboard(PRODUCT)));
    }

    /** Runs a test; when it fails, the logs are kept for a person to look at. */
    public void keepingLogs(Runnable test) {
        try {
            test.run();
        } catch (RuntimeException | AssertionError e) {
            keepLogs();
            throw e;
        }
    }

    /** Copies the logs of all processes to where they outlive the cluster. */
    public void keepLogs() {
        Path kept = Path.of("target", "clusters", root.getFileName().toString()).toAbsolutePath();
        try {
            Files.createDirectories(kept);
            copyLogs(kept);
            System.out.println("logs kept in " + kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyLogs(Path kept) throws IOException {
        for (String own : List.of("codis.log", "standby.log")) {
            if (Files.exists(root.resolve(own))) {
                Files.copy(root.resolve(own), kept.resolve(own), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (Files.isDirectory(data.logs())) {
            try (Stream<Path> files = Files.list(data.logs())) {
                for (Path file : files.toList()) {
                    Files.copy(file, kept.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    @Override
    public void close() {
        watching = false;
        if (supervisor.isAlive()) {
            try {
                down();
            } catch (AssertionError e) {
                System.out.println("ended by force: " + e.getMessage());
            }
        }
        supervisor.close();
        client.close();
        delete();
    }

    /** Such as {@code up} on a machine that has only this engine. */
    public ChildProcess launchWith(Engine other, String... arguments) {
        return launch(other, arguments);
    }

    private ChildProcess launch(String... arguments) {
        return launch(engine, arguments);
    }

    private ChildProcess launch(Engine program, String... arguments) {
        List<String> all = Stream.concat(
                        Stream.of(arguments),
                        Stream.of("--data", root.resolve("data").toString()))
                .toList();
        return ChildProcess.start(
                "codis " + arguments[0],
                root.resolve("codis.log"),
                codis(all),
                Map.of("REDIS_SERVER", program.binary().toString()));
    }

    /** As a user has it where {@code -Ddist} names a distribution, else the classes of this build. */
    private static List<String> codis(List<String> arguments) {
        String dist = System.getProperty("dist");
        return dist == null
                ? ChildProcess.javaCommand(Codis.class.getName(), arguments)
                : Stream.concat(Stream.of(dist + "/bin/codis"), arguments.stream())
                        .toList();
    }

    /** Also the slots' owners at the time of a gap are wanted, so they are read all the time. */
    private void watch() {
        while (watching) {
            try {
                read(dashboardStats());
                Thread.sleep(200);
            } catch (CodisException e) {
                // silent for now: the last answer stays
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void read(JsonNode stats) {
        synchronized (groups) {
            for (JsonNode slot : stats.path("slots")) {
                groups[slot.path("id").asInt()] = slot.path("group_id").asInt();
            }
        }
    }

    private String spec(Shape shape) {
        return """
                apiVersion: k8s.infra.cn/v1
                kind: CodisCluster
                metadata:
                  name: scenario
                spec:
                  productName: %s
                  feSpec: {replicas: 0}
                  haSpec: {replicas: 1}
                  dashboardSpec: {servicePort: %d}
                  proxySpec: {replicas: %d, servicePort: %d, adminPort: %d, safeWrites: %b}
                  redisSpec: {replicas: %d, codisServerNumsPerGroup: %d, servicePort: %d}
                """.formatted(
                        PRODUCT,
                        port,
                        shape.proxies(),
                        port + 2,
                        port + 6,
                        shape.safeWrites(),
                        shape.groups() * shape.perGroup(),
                        shape.perGroup(),
                        port + SERVERS_FROM);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete() {
        delete(root);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
