package io.codis.cli.command;

import io.codis.cli.kube.KubeCluster;
import io.codis.cli.kube.Place;
import io.codis.cli.local.ControlClient;
import io.codis.cli.local.DataDirectory;
import io.codis.cli.local.RunningCluster;
import io.codis.cli.output.Format;
import io.codis.cli.output.Output;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command takes. */
final class Common {

    @Option(names = "--data", paramLabel = "DIR", description = "where the cluster is kept (CODIS_DATA, else ~/.codis)")
    private @Nullable Path data;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text, json or yaml (text)")
    private Format format = Format.text;

    private Output output = Output.ofProcess();

    private KubernetesOptions kubernetes = new KubernetesOptions();

    void kubernetes(KubernetesOptions given) {
        kubernetes = given;
    }

    /** Empty for a cluster of this machine. */
    Optional<Place> place() {
        return kubernetes.place();
    }

    /** The cluster that is meant; fails with {@code NotReady} if it does not run. */
    RunningCluster running() {
        Optional<Place> place = place();
        return place.isPresent() ? KubeCluster.open(place.get()) : ControlClient.of(data());
    }

    void output(Output given) {
        output = given;
    }

    Output out() {
        return output;
    }

    Format format() {
        return format;
    }

    /** Whether the command line names it. */
    boolean dataGiven() {
        return data != null;
    }

    DataDirectory data() {
        return data == null ? DataDirectory.standard() : new DataDirectory(data);
    }
}
