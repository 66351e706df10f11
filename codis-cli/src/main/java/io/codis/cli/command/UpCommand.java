package io.codis.cli.command;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ControlClient;
import io.codis.cli.local.DataDirectory;
import io.codis.cli.local.Journal;
import io.codis.cli.local.LocalRuntime;
import io.codis.cli.output.Output;
import io.codis.cli.output.StatusText;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "up", description = "Starts a cluster and keeps it running until Ctrl-C.")
final class UpCommand extends WithCommon {

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the CodisCluster; default the stored one, else two groups of two servers")
    private @Nullable Path file;

    @Option(
            names = {"-d", "--detach"},
            description = "return when the cluster is ready")
    private boolean detach;

    @Option(names = "--background", hidden = true, description = "this is the process that --detach leaves running")
    private boolean background;

    /** The process may be older: ./codis builds first. */
    private final long began = System.nanoTime();

    @Override
    public Integer call() {
        DataDirectory data = common().data();
        Output out = common().out();
        CodisClusterSpec spec = spec(data, out);
        var runtime = new LocalRuntime(data);
        BadInput.ifAny(runtime.problems(spec));
        return detach ? detached(runtime, spec) : attached(runtime, spec);
    }

    private CodisClusterSpec spec(DataDirectory data, Output out) {
        if (file != null) {
            return SpecSource.file(file, out);
        }
        Optional<CodisClusterSpec> stored = data.storedSpec();
        stored.ifPresent(spec -> out.progress("continuing with " + data.spec()));
        return stored.orElseGet(SpecSource::standard);
    }

    private int attached(LocalRuntime runtime, CodisClusterSpec spec) {
        Output out = common().out();
        var journal = new Journal(line -> Watch.print(line, out));
        runtime.run(spec, journal, background, status -> ready(status, spec), () -> out.progress("Stopped."));
        return 0;
    }

    private int detached(LocalRuntime runtime, CodisClusterSpec spec) {
        runtime.requireStartable(spec);
        var arguments = new ArrayList<>(
                List.of("up", "--background", "--data", common().data().root().toString()));
        if (file != null) {
            arguments.addAll(List.of("-f", file.toAbsolutePath().toString()));
        }
        runtime.startInBackground(arguments);
        try (ControlClient client = ControlClient.of(common().data())) {
            ready(Watch.fromStart(client, common().out()).untilReached(1), spec);
        }
        return 0;
    }

    private void ready(ClusterStatus status, CodisClusterSpec spec) {
        Output out = common().out();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        out.answer(
                common().format(),
                status,
                () -> new StatusText(status, out.paint()).screen()
                        + String.format(
                                Locale.ROOT,
                                "Ready in %.1f s.  redis-cli -p %s%s",
                                took.toMillis() / 1000.0,
                                status.proxies().getFirst().address().replaceAll(".*:", ""),
                                spec.proxy().auth().isPresent() ? " --askpass" : ""));
    }
}
