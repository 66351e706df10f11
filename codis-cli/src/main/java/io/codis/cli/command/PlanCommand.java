package io.codis.cli.command;

import io.codis.cli.local.ControlClient;
import io.codis.cli.local.DataDirectory;
import io.codis.cli.local.StoredCluster;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "plan", description = "Shows what apply would do; changes nothing.")
final class PlanCommand extends WithCommon {

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the CodisCluster; default the stored one")
    private @Nullable Path file;

    @Override
    public Integer call() {
        DataDirectory data = common().data();
        CodisClusterSpec spec = file != null
                ? SpecSource.file(file, common().out())
                : data.storedSpec().orElseGet(SpecSource::standard);
        var plan = new PlanText(steps(data, spec));
        common().out().answer(common().format(), plan, plan::text);
        return 0;
    }

    private static List<String> steps(DataDirectory data, CodisClusterSpec spec) {
        Optional<ControlClient> running = ControlClient.find(data);
        if (running.isEmpty()) {
            return new StoredCluster(data).plan(spec);
        }
        try (ControlClient client = running.get()) {
            return client.plan(spec);
        }
    }
}
