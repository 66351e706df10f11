package io.codis.dashboard.fe;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.coordinator.connect.CoordinatorAddress;
import io.codis.infra.http.StaticContent;
import io.codis.infra.log.LogFlags;
import io.codis.infra.process.PidFile;
import io.codis.infra.process.StopSignals;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code codis-fe}, with the flags of Codis 3.2. */
@Command(name = "codis-fe", description = "Serves the web console of every product's dashboard.", sortOptions = false)
public final class FeMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(FeMain.class);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "ADDR",
            description = "where browsers connect, such as 127.0.0.1:9090")
    private String listen = "";

    @Option(
            names = "--assets-dir",
            paramLabel = "PATH",
            description = "serve these files in place of the built-in page")
    private @Nullable Path assets;

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--zookeeper-auth",
            paramLabel = "LOGIN",
            description = "user:password; others can read it in the list of processes")
    private String zookeeperAuth = "";

    @Option(names = "--etcd-auth", paramLabel = "LOGIN", description = "the same for etcd")
    private String etcdAuth = "";

    @Mixin
    private LogFlags log = new LogFlags();

    @Mixin
    private PidFile pidfile = new PidFile();

    @Option(names = "--ncpu", paramLabel = "N", hidden = true, description = "accepted for Codis 3.2; the JVM decides")
    private int ncpu;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text")
    private boolean help;

    /** Where dashboards are found. */
    static final class Source {
        @Option(
                names = {"-d", "--dashboard-list"},
                paramLabel = "FILE",
                description = "JSON array of {\"name\", \"dashboard\"}")
        private @Nullable Path list;

        @Option(names = "--filesystem", paramLabel = "ROOT", description = "the coordinator's directory")
        private @Nullable String filesystem;

        @Option(names = "--zookeeper", paramLabel = "ADDR", description = "ZooKeeper, HOST:PORT,HOST:PORT[/PATH]")
        private @Nullable String zookeeper;

        @Option(names = "--etcd", paramLabel = "ADDR", description = "etcd, HOST:PORT,HOST:PORT")
        private @Nullable String etcd;

        @Option(names = "--kubernetes", paramLabel = "NAMESPACE", description = "this namespace of Kubernetes")
        private @Nullable String kubernetes;
    }

    /** Runs until SIGTERM; exit code 2 for a bad command line. */
    public static int run(String... args) {
        return new CommandLine(new FeMain())
                .setAbbreviatedOptionsAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("codis-fe: " + e.getMessage());
                    return e instanceof CodisException c && c.reason() == Reason.INVALID_ARGUMENT ? 2 : 1;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.configure();
        var stopped = new CountDownLatch(1);
        try (FeServer server = FeServer.start(products(), files(), address())) {
            LOG.info("console ready port={}", server.port());
            pidfile.write();
            StopSignals.onFirst(stopped::countDown);
            stopped.await();
        } finally {
            pidfile.remove();
        }
        return 0;
    }

    private Products products() {
        if (source.list != null) {
            return Products.ofFile(source.list);
        }
        if (source.zookeeper != null) {
            return products("zookeeper", source.zookeeper, zookeeperAuth);
        }
        if (source.etcd != null) {
            return products("etcd", source.etcd, etcdAuth);
        }
        return source.kubernetes != null
                ? products("kubernetes", source.kubernetes, "")
                : products("filesystem", Optional.ofNullable(source.filesystem).orElseThrow(), "");
    }

    private static Products products(String kind, String address, String login) {
        return Products.of(new CoordinatorAddress(kind, address, login).open());
    }

    private StaticContent files() {
        if (assets == null) {
            return ConsoleFiles.bundled();
        }
        if (!Files.isRegularFile(assets.resolve("index.html"))) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "--assets-dir " + assets + ": has no index.html");
        }
        return StaticContent.ofDirectory(assets);
    }

    private InetSocketAddress address() {
        int colon = listen.lastIndexOf(':');
        try {
            String host = listen.substring(0, Math.max(0, colon));
            int port = Integer.parseInt(listen.substring(colon + 1));
            return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    Optional.ofNullable(spec).orElseThrow().commandLine(),
                    "--listen \"" + listen + "\": not an address; write host:port, such as 127.0.0.1:9090",
                    e);
        }
    }
}
