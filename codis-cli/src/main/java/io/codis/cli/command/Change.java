package io.codis.cli.command;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ControlClient;
import io.codis.cli.local.LocalRuntime;
import io.codis.cli.local.StoredCluster;
import io.codis.cli.output.StatusText;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.SpecProblem;
import java.util.List;
import java.util.function.Function;

/** Shows the plan of a change, then makes it: at the running cluster, else in what the next {@code codis up} starts. */
final class Change {

    /**
     * What was stored while nothing ran.
     *
     * @param stored the file
     * @param steps of the next {@code codis up}
     */
    record Stored(String stored, List<String> steps) {}

    private final Common common;

    Change(Common common) {
        this.common = common;
    }

    /** At the running cluster; waits until it is made. */
    int running(ControlClient client, List<String> plan, Function<ControlClient, Long> change) {
        common.out().progress(new PlanText(plan).text());
        Watch watch = Watch.fromNow(client, common.out());
        ClusterStatus status = watch.untilReached(change.apply(client));
        common.out()
                .answer(
                        common.format(),
                        status,
                        () -> new StatusText(status, common.out().paint()).screen());
        return 0;
    }

    int stored(StoredCluster cluster, CodisClusterSpec wanted) {
        List<SpecProblem> problems = new LocalRuntime(common.data()).problems(wanted);
        if (!problems.isEmpty()) {
            throw new BadInput(problems.stream().map(SpecProblem::text).toList());
        }
        var plan = new PlanText(cluster.plan(wanted));
        common.out().progress(plan.text());
        cluster.store(wanted);
        String file = common.data().spec().toString();
        common.out()
                .answer(
                        common.format(),
                        new Stored(file, plan.steps()),
                        () -> "No cluster runs; stored in " + file + ". The next codis up does it.");
        return 0;
    }
}
