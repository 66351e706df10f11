package io.codis.dashboard;

import io.codis.core.config.DashboardConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.dashboard.rest.Version;
import io.codis.dashboard.store.Leadership;
import io.codis.infra.config.ConfigFile;
import io.codis.infra.coordinator.Coordinator;
import io.codis.infra.coordinator.connect.CoordinatorAddress;
import io.codis.infra.log.LogFlags;
import io.codis.infra.net.Names;
import io.codis.infra.process.PidFile;
import io.codis.infra.secret.ClusterSecret;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code codis-dashboard}, with the flags of Codis 3.2. */
@Command(
        name = "codis-dashboard",
        description = "Manages the groups, slots and proxies of one cluster.",
        sortOptions = false)
public final class DashboardMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(DashboardMain.class);
    private static final int BAD_INPUT = 2;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "settings, in TOML")
    private @Nullable Path config;

    @ArgGroup
    private Place place = new Place();

    @Option(names = "--host-admin", paramLabel = "ADDR", description = "advertise this host:port")
    private String hostAdmin = "";

    @Option(
            names = {"--product_name", "--product-name"},
            paramLabel = "NAME",
            description = "overrides the file")
    private @Nullable String productName;

    @Option(
            names = {"--product_auth", "--product-auth"},
            paramLabel = "AUTH",
            description = "overrides the file; others can read it there")
    private @Nullable String productAuth;

    @Option(names = "--remove-lock", description = "delete the lock that another dashboard has left behind")
    private boolean removeLock;

    @Mixin
    private LogFlags log = new LogFlags();

    @Mixin
    private PidFile pidfile = new PidFile();

    @Option(names = "--ncpu", paramLabel = "N", hidden = true, description = "accepted for Codis 3.2")
    private @Nullable Integer ncpu;

    @Option(names = "--default-config", description = "print a settings file and exit")
    private boolean defaultConfig;

    @Option(names = "--version", description = "print the version and exit")
    private boolean version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text and exit")
    private boolean help;

    /** Overrides name and address of the coordinator, not its login. */
    static final class Place {
        @Option(
                names = "--filesystem",
                paramLabel = "ROOT",
                description = "store the cluster's state below this directory")
        private @Nullable String filesystem;

        @Option(
                names = "--zookeeper",
                paramLabel = "ADDR",
                description = "store it in ZooKeeper, HOST:PORT,HOST:PORT[/PATH]")
        private @Nullable String zookeeper;

        @Option(names = "--etcd", paramLabel = "ADDR", description = "store it in etcd, HOST:PORT,HOST:PORT")
        private @Nullable String etcd;

        @Option(
                names = "--kubernetes",
                paramLabel = "NAMESPACE",
                description = "store it in a ConfigMap and a Lease of this namespace")
        private @Nullable String kubernetes;

        private void addTo(Map<String, String> settings) {
            add(settings, "filesystem", filesystem);
            add(settings, "zookeeper", zookeeper);
            add(settings, "etcd", etcd);
            add(settings, "kubernetes", kubernetes);
        }

        private static void add(Map<String, String> settings, String name, @Nullable String address) {
            if (address != null) {
                settings.put("coordinator_name", name);
                settings.put("coordinator_addr", address);
            }
        }
    }

    private DashboardMain() {}

    /** The process. */
    public static void main(String[] args) {
        Names.lookUpAnew();
        System.exit(run(args));
    }

    /** Runs until SIGTERM, SIGINT or a shutdown by the API; exit code 2 for bad flags or configuration, 1 for trouble. */
    public static int run(String... args) {
        return new CommandLine(new DashboardMain())
                .setAbbreviatedOptionsAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    String message = e instanceof CodisException ? e.getMessage() : e.toString();
                    command.getErr().println("codis-dashboard: " + message);
                    return exitCode(e);
                })
                .execute(args);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (version || defaultConfig) {
            print();
            return 0;
        }
        log.configure();
        var settings =
                new DashboardConfig(ConfigFile.load(DashboardConfig.SCHEMA, Optional.ofNullable(config), overrides()));
        CoordinatorAddress address = coordinator(settings);
        ClusterSecret secret = secret(address);
        Coordinator coordinator = address.open();
        if (removeLock) {
            Leadership.removeLock(coordinator, settings.get(DashboardConfig.PRODUCT_NAME));
        }
        return serve(Dashboard.start(settings, secret, coordinator, hostAdmin));
    }

    private int serve(Dashboard dashboard) throws InterruptedException {
        pidfile.write();
        var stopping = Thread.ofPlatform().name("stopping").unstarted(() -> {
            dashboard.close();
            pidfile.remove();
            LOG.info("event=stopped");
            // a stop that was asked for is a success, which the JVM's own exit code would not say
            Runtime.getRuntime().halt(0);
        });
        Runtime.getRuntime().addShutdownHook(stopping);
        Optional<CodisException> problem = dashboard.awaitEnd();
        if (!takenBack(stopping)) {
            // a signal ends the process; its handler says with which code
            stopping.join();
        }
        dashboard.close();
        pidfile.remove();
        problem.ifPresent(e -> {
            throw e;
        });
        return 0;
    }

    private static boolean takenBack(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static CoordinatorAddress coordinator(DashboardConfig settings) {
        return new CoordinatorAddress(
                settings.get(DashboardConfig.COORDINATOR_NAME),
                settings.get(DashboardConfig.COORDINATOR_ADDR),
                settings.get(DashboardConfig.COORDINATOR_AUTH));
    }

    /**
     * Where nothing names its file it is in that of a coordinator's directory. A store over the network never holds it: who may
     * read the topology must not become able to log in everywhere.
     */
    private static ClusterSecret secret(CoordinatorAddress coordinator) {
        String file = System.getenv().getOrDefault(ClusterSecret.VARIABLE, "");
        if (file.isEmpty() && !coordinator.isDirectory()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    ClusterSecret.VARIABLE + " is not set: with coordinator_name \"" + coordinator.name()
                            + "\" it names the file that holds the cluster's secret, 64 hex digits, the same for"
                            + " every dashboard and server");
        }
        return ClusterSecret.loadOrCreate(file.isEmpty() ? Path.of(coordinator.address(), "secret") : Path.of(file));
    }

    private Map<String, String> overrides() {
        var given = new LinkedHashMap<String, String>();
        place.addTo(given);
        if (productName != null) {
            given.put("product_name", productName);
        }
        if (productAuth != null) {
            given.put("product_auth", productAuth);
        }
        return given;
    }

    private void print() {
        var out = commandLine().getOut();
        if (version) {
            out.println("version: " + Version.text());
            out.println("compile: java " + Runtime.version());
        } else {
            out.print(DashboardConfig.SCHEMA.defaultText());
        }
        out.flush();
    }

    private CommandLine commandLine() {
        return Optional.ofNullable(spec).orElseThrow().commandLine();
    }

    private static int exitCode(Exception e) {
        return e instanceof CodisException problem
                        && (problem.reason() == Reason.INVALID_ARGUMENT || problem.reason() == Reason.NOT_FOUND)
                ? BAD_INPUT
                : 1;
    }
}
