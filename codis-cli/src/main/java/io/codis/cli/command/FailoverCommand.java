package io.codis.cli.command;

import io.codis.cli.local.RunningCluster;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "failover",
        description = "Makes a replica of a group its master; clients wait, nothing is lost.",
        sortOptions = false)
final class FailoverCommand extends WithCommon {

    @Parameters(index = "0", paramLabel = "GROUP", description = "number of the group")
    private int group;

    @Parameters(index = "1", arity = "0..1", paramLabel = "MEMBER", description = "with --accept-loss: this one")
    private @Nullable String member;

    @Option(
            names = "--accept-loss",
            description = {
                "for a group that waits for a decision, see status: the member with most of the data becomes master; what",
                "only others had is lost for good"
            })
    private boolean acceptLoss;

    /** What has become master. */
    record Promoted(int group, String master) {}

    /** What has become master of a group of which a part was given up. */
    record Kept(int group, String master, long keys) {}

    @Override
    public Integer call() {
        if (group < 1) {
            throw new BadInput(List.of("GROUP = " + group + ": use the number of a group, 1 or more"));
        }
        if (member != null && !acceptLoss) {
            throw new BadInput(List.of("MEMBER = " + member + ": only --accept-loss lets you choose; leave it out"));
        }
        try (RunningCluster client = common().running()) {
            if (acceptLoss) {
                RunningCluster.Left left = client.acceptLoss(group, Optional.ofNullable(member));
                var kept = new Kept(group, left.master(), left.keys());
                common().out().answer(common().format(), kept, () -> inWords(kept));
                return 0;
            }
            var promoted = new Promoted(group, client.failOver(group));
            common().out()
                    .answer(
                            common().format(),
                            promoted,
                            () -> "group " + promoted.group() + ": " + promoted.master() + " is the master");
            return 0;
        }
    }

    private static String inWords(Kept kept) {
        String keys = kept.keys() < 0 ? "what it has" : kept.keys() + " keys";
        return "group " + kept.group() + ": " + kept.master() + " is the master with " + keys
                + "; what only others had is lost";
    }
}
