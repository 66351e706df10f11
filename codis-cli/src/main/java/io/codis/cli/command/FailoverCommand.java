package io.codis.cli.command;

import io.codis.cli.local.RunningCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "failover", description = "Makes a replica of a group its master; clients wait, nothing is lost.")
final class FailoverCommand extends WithCommon {

    @Parameters(paramLabel = "GROUP", description = "number of the group")
    private int group;

    /** What has become master. */
    record Promoted(int group, String master) {}

    @Override
    public Integer call() {
        if (group < 1) {
            throw new BadInput(java.util.List.of("GROUP = " + group + ": use the number of a group, 1 or more"));
        }
        try (RunningCluster client = common().running()) {
            var promoted = new Promoted(group, client.failOver(group));
            common().out()
                    .answer(
                            common().format(),
                            promoted,
                            () -> "group " + promoted.group() + ": " + promoted.master() + " is the master");
            return 0;
        }
    }
}
