package io.codis.cli.command;

import io.codis.cli.local.ControlClient;
import io.codis.cli.local.Scale;
import io.codis.cli.local.StoredCluster;
import io.codis.core.slot.SlotHash;
import io.codis.core.spec.ProxySpec;
import io.codis.core.spec.RedisSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "scale",
        description = "Changes how many there are; while no cluster runs, how many the next up starts.")
final class ScaleCommand extends WithCommon {

    @Option(
            names = "--groups",
            paramLabel = "N",
            description = "groups; slots are spread over new ones and moved away from those that go")
    private @Nullable Integer groups;

    @Option(names = "--replicas", paramLabel = "N", description = "servers in each group, the master included")
    private @Nullable Integer replicas;

    @Option(names = "--proxies", paramLabel = "N", description = "proxies")
    private @Nullable Integer proxies;

    @Override
    public Integer call() {
        var problems = new ArrayList<String>();
        int wantedGroups = checked("--groups", groups, SlotHash.SLOTS, problems);
        int wantedReplicas = checked("--replicas", replicas, RedisSpec.MOST_PER_GROUP, problems);
        int wantedProxies = checked("--proxies", proxies, ProxySpec.MOST, problems);
        if (problems.isEmpty() && wantedGroups + wantedReplicas + wantedProxies == 0) {
            problems.add("nothing to scale; name --groups, --replicas or --proxies");
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        var change = new Change(common());
        Optional<ControlClient> running = ControlClient.find(common().data());
        if (running.isEmpty()) {
            var stored = new StoredCluster(common().data());
            return change.stored(stored, new Scale(wantedGroups, wantedReplicas, wantedProxies).of(stored.spec()));
        }
        try (ControlClient client = running.get()) {
            if (client.planScale(wantedGroups, wantedReplicas, wantedProxies).none()) {
                common().out().progress(PlanText.NOTHING);
            }
            return change.running(client, to -> to.scale(wantedGroups, wantedReplicas, wantedProxies));
        }
    }

    /** 0 if not given. */
    private static int checked(String option, @Nullable Integer value, int most, List<String> problems) {
        if (value == null) {
            return 0;
        }
        if (value < 1 || value > most) {
            problems.add(option + " = " + value + ": use 1 to " + most);
        }
        return value;
    }
}
