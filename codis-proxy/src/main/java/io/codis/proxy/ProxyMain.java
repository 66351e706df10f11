package io.codis.proxy;

import io.codis.core.codis3.SlotRouting;
import io.codis.core.config.Key;
import io.codis.core.config.ProxyConfig;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.infra.config.ConfigFile;
import io.codis.infra.json.Json;
import io.codis.infra.net.Names;
import io.codis.infra.process.StopSignals;
import io.codis.proxy.plane.DataPlane;
import io.codis.proxy.session.NioDataPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code codis-proxy}, with the flags of Codis 3.2. */
@Command(
        name = "codis-proxy",
        description = "Serves redis clients and routes them to the groups of a cluster.",
        sortOptions = false)
public final class ProxyMain implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyMain.class);
    private static final int BAD_INPUT = 2;
    private static final Duration FILL = Duration.ofSeconds(10);

    private final DataPlane.Opener opener;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ProxyFlags flags = new ProxyFlags();

    ProxyMain(DataPlane.Opener opener) {
        this.opener = opener;
    }

    /** Runs until SIGTERM, SIGINT or a shutdown by the API; exit code 2 for bad flags or configuration, 1 for trouble. */
    public static int run(String... args) {
        return commandLine(NioDataPlane::openWarm).execute(args);
    }

    /** For a launcher that starts one program per class. */
    public static void main(String[] args) {
        Names.lookUpAnew();
        System.exit(run(args));
    }

    static CommandLine commandLine(DataPlane.Opener opener) {
        return new CommandLine(new ProxyMain(opener))
                .setAbbreviatedOptionsAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    String message = e instanceof CodisException ? e.getMessage() : e.toString();
                    command.getErr().println("codis-proxy: " + message);
                    return exitCode(e);
                });
    }

    private static int exitCode(Exception e) {
        return e instanceof CodisException problem
                        && (problem.reason() == Reason.INVALID_ARGUMENT || problem.reason() == Reason.NOT_FOUND)
                ? BAD_INPUT
                : 1;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (flags.printed(self().getOut())) {
            return 0;
        }
        flags.problem().ifPresent(problem -> {
            throw new ParameterException(self(), problem);
        });
        flags.log.configure();
        ProxyConfig config = new ProxyConfig(
                ConfigFile.load(ProxyConfig.SCHEMA, Optional.ofNullable(flags.config), flags.overrides()));
        notServed(config);
        List<SlotRouting> slots = flags.source.slots();
        try (ProxyServer server = ProxyServer.start(config, flags.launch(), opener)) {
            serve(server, slots);
        }
        return 0;
    }

    private void serve(ProxyServer server, List<SlotRouting> slots) throws InterruptedException {
        flags.pidfile.write();
        StopSignals.onFirst(server::stop);
        if (!slots.isEmpty()) {
            server.plane().fillSlots(slots, FILL);
            server.plane().goOnline();
        }
        Optional<Joining> joining = flags.source
                .dashboard(server.identity().model().productName())
                .map(source -> new Joining(source, server.identity(), server.plane()));
        joining.ifPresent(Joining::start);
        try {
            server.awaitClosed();
            if (flags.leave && joining.isPresent()) {
                joining.get().leave();
            }
            LOG.info("event=stopped");
        } finally {
            joining.ifPresent(Joining::close);
            flags.pidfile.remove();
        }
    }

    /** Settings that Codis 3.2 obeys and this proxy does not are never passed over in silence. */
    private static void notServed(ProxyConfig config) {
        for (Key<String> key : List.of(
                ProxyConfig.JODIS_ADDR,
                ProxyConfig.METRICS_REPORT_SERVER,
                ProxyConfig.METRICS_INFLUXDB_SERVER,
                ProxyConfig.METRICS_STATSD_SERVER)) {
            if (!config.get(key).isEmpty()) {
                LOG.warn("event=setting-without-effect setting={} value={}", key.name(), config.get(key));
            }
        }
    }

    private CommandLine self() {
        return Optional.ofNullable(spec).orElseThrow().commandLine();
    }

    /** Reads {@code --fillslots}. */
    static List<SlotRouting> readSlots(Path file) {
        try {
            return Json.readList(Files.readAllBytes(file), SlotRouting.class);
        } catch (CodisException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "--fillslots " + file + ": " + e.getMessage(), e);
        } catch (UncheckedIOException | IOException e) {
            throw new CodisException(Reason.NOT_FOUND, "--fillslots " + file + ": cannot be read: " + e, e);
        }
    }
}
