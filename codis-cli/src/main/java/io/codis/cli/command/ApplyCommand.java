package io.codis.cli.command;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ControlClient;
import io.codis.cli.output.StatusText;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "apply", description = "Makes the running cluster what the file says; shows the plan first.")
final class ApplyCommand extends WithCommon {

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "the CodisCluster")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        CodisClusterSpec spec = SpecSource.file(file, common().out());
        try (ControlClient client = ControlClient.of(common().data())) {
            common().out().progress(new PlanText(client.plan(spec)).text());
            Watch watch = Watch.fromNow(client, common().out());
            ClusterStatus status = watch.untilReached(client.apply(spec));
            common().out()
                    .answer(
                            common().format(),
                            status,
                            () -> new StatusText(status, common().out().paint()).screen());
            return 0;
        }
    }
}
