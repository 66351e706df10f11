package io.codis.proxy;

import io.codis.core.codis3.SlotRouting;
import io.codis.core.config.Check;
import io.codis.core.config.Key;
import io.codis.core.config.ProxyConfig;
import io.codis.infra.log.LogFlags;
import io.codis.infra.process.PidFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line of {@code codis-proxy}. */
final class ProxyFlags {

    private static final Path LIMITS = Path.of("/proc/self/limits");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "settings, in TOML")
    @Nullable
    Path config;

    @ArgGroup(heading = "How it comes online (one of them; without, the dashboard does it):%n")
    Source source = new Source();

    @Option(names = "--host-admin", paramLabel = "ADDR", description = "advertise this host:port for the API")
    private String hostAdmin = "";

    @Option(names = "--host-proxy", paramLabel = "ADDR", description = "advertise this host:port for clients")
    private String hostProxy = "";

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

    @Option(
            names = {"--session_auth", "--session-auth"},
            paramLabel = "AUTH",
            description = "overrides the file; others can read it there")
    private @Nullable String sessionAuth;

    @Mixin
    LogFlags log = new LogFlags();

    @Mixin
    PidFile pidfile = new PidFile();

    @Option(names = "--ncpu", paramLabel = "N", description = "event loops; default one for every four processors")
    private @Nullable Integer ncpu;

    @Option(names = "--max-ncpu", paramLabel = "N", hidden = true, description = "accepted for Codis 3.2")
    private @Nullable Integer maxNcpu;

    @Option(names = "--ulimit", paramLabel = "N", description = "refuse to start with a smaller limit of open files")
    private @Nullable Long ulimit;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            description = "overrides proxy_drain_timeout of the file",
            converter = Seconds.class)
    private @Nullable Duration drain;

    @Option(
            names = "--leave",
            description = "a stop takes the proxy out of the cluster: its address does not come back")
    boolean leave;

    @Option(names = "--default-config", description = "print a settings file and exit")
    private boolean defaultConfig;

    @Option(names = "--version", description = "print the version and exit")
    private boolean version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text and exit")
    private boolean help;

    /** At most one. */
    static final class Source {

        @Option(names = "--dashboard", paramLabel = "ADDR", description = "ask this dashboard, again until it answers")
        private @Nullable String dashboard;

        @Option(names = "--filesystem", paramLabel = "ROOT", description = "find the dashboard in this coordinator")
        private @Nullable Path filesystem;

        @Option(names = "--fillslots", paramLabel = "FILE", description = "fixed routes in JSON, no dashboard")
        private @Nullable Path fillslots;

        @Option(names = "--zookeeper", paramLabel = "ADDR", hidden = true)
        private @Nullable String zookeeper;

        @Option(names = "--etcd", paramLabel = "ADDR", hidden = true)
        private @Nullable String etcd;

        Optional<DashboardSource> dashboard(String product) {
            if (dashboard != null) {
                return Optional.of(DashboardSource.at(dashboard));
            }
            return Optional.ofNullable(filesystem).map(root -> DashboardSource.in(root, product));
        }

        List<SlotRouting> slots() {
            return fillslots == null ? List.of() : ProxyMain.readSlots(fillslots);
        }

        Optional<String> problem() {
            if (zookeeper != null || etcd != null) {
                return Optional.of((zookeeper != null ? "--zookeeper" : "--etcd")
                        + ": this kind of coordinator is not supported; use --dashboard or --filesystem");
            }
            return dashboard != null && !Check.isAddress(dashboard)
                    ? Optional.of("--dashboard \"" + dashboard
                            + "\": not an address; write host:port, such as 127.0.0.1:18080")
                    : Optional.empty();
        }
    }

    /** Prints what is printed in place of a start; whether it did. */
    boolean printed(PrintWriter out) {
        if (version) {
            out.println("version: " + Version.TEXT);
            out.println("compile: " + Version.COMPILE);
        } else if (defaultConfig) {
            out.print(ProxyConfig.SCHEMA.defaultText());
        }
        out.flush();
        return version || defaultConfig;
    }

    /** The first thing wrong with the flags themselves. */
    Optional<String> problem() {
        if (ncpu != null && ncpu < 1) {
            return Optional.of("--ncpu " + ncpu + ": must be greater than 0");
        }
        if (maxNcpu != null && (ncpu == null || maxNcpu < ncpu)) {
            return Optional.of("--max-ncpu " + maxNcpu + ": only together with --ncpu, and not less than that");
        }
        Optional<Long> files = openFiles();
        if (ulimit != null && files.isPresent() && files.get() < ulimit) {
            return Optional.of("--ulimit " + ulimit + ": this process may open only " + files.get()
                    + " files; raise it with ulimit -n");
        }
        return source.problem();
    }

    /** Settings that flags override. */
    Map<String, String> overrides() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, ProxyConfig.PRODUCT_NAME, productName);
        put(given, ProxyConfig.PRODUCT_AUTH, productAuth);
        put(given, ProxyConfig.SESSION_AUTH, sessionAuth);
        put(given, ProxyConfig.PROXY_DRAIN_TIMEOUT, drain == null ? null : drain.toMillis() + "ms");
        return given;
    }

    ProxyServer.Launch launch() {
        int processors = Runtime.getRuntime().availableProcessors();
        int loops = ncpu == null ? processors / 4 : Math.min(ncpu, processors);
        return new ProxyServer.Launch(hostAdmin, hostProxy, Math.max(1, loops));
    }

    private static void put(Map<String, String> given, Key<?> key, @Nullable String value) {
        if (value != null) {
            given.put(key.name(), value);
        }
    }

    /** The soft limit, empty where it is unknown or there is none. */
    private static Optional<Long> openFiles() {
        try {
            return Files.readAllLines(LIMITS).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line ->
                            line.substring("Max open files".length()).strip().split("\\s+", -1)[0])
                    .filter(limit -> !limit.equals("unlimited"))
                    .map(Long::parseLong)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
