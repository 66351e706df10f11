package io.codis.cli.command;

import io.codis.cli.kube.Foresight;
import io.codis.cli.kube.KubeCluster;
import io.codis.cli.kube.Place;
import io.codis.cli.local.ControlClient;
import io.codis.cli.local.DataDirectory;
import io.codis.cli.local.LocalRuntime;
import io.codis.cli.local.PlannedChange;
import io.codis.cli.local.StoredCluster;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "plan", description = "Shows what apply, or the next up, would do; changes nothing.")
final class PlanCommand extends WithCommon {

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the CodisCluster; default the stored one")
    private @Nullable Path file;

    @Override
    public Integer call() {
        PlanText plan = common().place().map(this::onKubernetes).orElseGet(this::here);
        common().out().answer(common().format(), plan, plan::text);
        return 0;
    }

    private PlanText onKubernetes(Place place) {
        Foresight seen = KubeCluster.foresee(place, Optional.ofNullable(file));
        seen.notes().forEach(note -> common().out().progress("note: " + note));
        return new PlanText(new PlannedChange(true, List.of(), seen.steps()), seen.verdict());
    }

    private PlanText here() {
        DataDirectory data = common().data();
        CodisClusterSpec spec = file != null
                ? SpecSource.file(file, common().out())
                : data.storedSpec().orElseGet(SpecSource::standard);
        return new PlanText(plan(data, spec));
    }

    private static PlannedChange plan(DataDirectory data, CodisClusterSpec spec) {
        Optional<ControlClient> running = ControlClient.find(data);
        if (running.isEmpty()) {
            var runtime = new LocalRuntime(data);
            BadInput.ifAny(runtime.problems(spec));
            runtime.requireFreePorts(spec);
            return new StoredCluster(data).plan(spec);
        }
        try (ControlClient client = running.get()) {
            return client.plan(spec);
        }
    }
}
