package io.codis.cli.command;

import io.codis.cli.local.ControlClient;
import io.codis.cli.local.DataDirectory;
import io.codis.core.plan.ClusterPlanner;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Step;
import io.codis.core.slot.SlotHash;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        if (!Files.exists(data.spec())) {
            return ClusterPlanner.plan(spec, Observed.nothing(SlotHash.SLOTS)).steps().stream()
                    .map(Step::text)
                    .toList();
        }
        try (ControlClient client = ControlClient.of(data)) {
            return client.plan(spec);
        }
    }
}
