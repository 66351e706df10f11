package io.codis.cli.command;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ControlClient;
import io.codis.cli.local.LocalRuntime;
import io.codis.cli.local.PlannedChange;
import io.codis.cli.local.StoredCluster;
import io.codis.cli.output.Format;
import io.codis.cli.output.StatusText;
import io.codis.core.spec.CodisClusterSpec;
import java.util.List;
import java.util.function.Function;

/** Makes a change and shows its steps: at the running cluster, else in what the next {@code codis up} starts. */
final class Change {

    /**
     * What was stored while nothing ran.
     *
     * @param stored the file
     * @param reasons settings that change
     * @param steps of the next {@code codis up}
     */
    record Stored(String stored, List<String> reasons, List<String> steps) {}

    private final Common common;

    Change(Common common) {
        this.common = common;
    }

    /** At the running cluster; waits until it is made, and shows each step when it is taken. */
    int running(ControlClient client, Function<ControlClient, Long> change) {
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
        BadInput.ifAny(new LocalRuntime(common.data()).problems(wanted));
        PlannedChange plan = cluster.plan(wanted);
        if (common.format() == Format.text) {
            common.out().progress(new PlanText(plan).text());
        }
        cluster.store(wanted);
        String file = common.data().spec().toString();
        common.out()
                .answer(
                        common.format(),
                        new Stored(file, plan.reasons(), plan.steps()),
                        () -> "Stored in " + file + ".");
        return 0;
    }
}
