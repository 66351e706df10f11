package io.codis.cli.local;

import io.codis.core.plan.ClusterPlanner;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.spec.CodisClusterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cluster of a data directory in which nothing runs: what the next {@code codis up} starts. */
public final class StoredCluster {

    private final DataDirectory data;

    public StoredCluster(DataDirectory data) {
        this.data = data;
    }

    /** What is stored, to be changed. */
    public CodisClusterSpec spec() {
        return data.storedSpec()
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_READY,
                        "there is no cluster in " + data.root() + "; start one with codis up, or store one with codis"
                                + " apply -f"));
    }

    /** The steps of the next {@code codis up} that make {@code wanted} of what is stored, in words. */
    public List<String> plan(CodisClusterSpec wanted) {
        var steps = new ArrayList<String>();
        Optional<CodisClusterSpec> stored = data.storedSpec();
        stored.ifPresent(now -> SpecChange.atStart(now, wanted).forEach(change -> steps.add(change.step())));
        Observed before = stored.map(now -> Observed.settled(now, SlotHash.SLOTS))
                .orElseGet(() -> Observed.nothing(SlotHash.SLOTS));
        ClusterPlanner.plan(wanted, before).steps().stream().map(Step::text).forEach(steps::add);
        return steps;
    }

    /** Fails with {@code Busy} when a cluster has been started meanwhile. */
    public void store(CodisClusterSpec wanted) {
        data.create();
        var lock = DirectoryLock.tryAcquire(data.lock());
        try (DirectoryLock held = lock.orElseThrow(() ->
                new CodisException(Reason.BUSY, "a cluster is being started in " + data.root() + "; try again"))) {
            data.store(wanted);
        }
    }
}
