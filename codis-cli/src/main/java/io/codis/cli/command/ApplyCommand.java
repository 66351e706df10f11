package io.codis.cli.command;

import io.codis.cli.local.ControlClient;
import io.codis.cli.local.StoredCluster;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "apply",
        description = "Makes the cluster what the file says, at once or at the next up; shows the plan first.")
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
        var change = new Change(common());
        Optional<ControlClient> running = ControlClient.find(common().data());
        if (running.isEmpty()) {
            return change.stored(new StoredCluster(common().data()), spec);
        }
        try (ControlClient client = running.get()) {
            common().out().progress(new PlanText(client.plan(spec)).text() + "\n");
            return change.running(client, to -> to.apply(spec));
        }
    }
}
