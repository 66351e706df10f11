package io.codis.cli.command;

import io.codis.cli.local.RunningCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "fence",
        description = {
            "Takes a server out of its group: it keeps its data, serves nobody, follows nobody and becomes no master, until",
            "unfence. A master gives its role to a replica in sync first; clients wait, nothing is lost."
        },
        sortOptions = false)
final class FenceCommand extends WithCommon {

    @Parameters(index = "0", paramLabel = "SERVER", description = "its name, see status")
    private String server = "";

    @Override
    public Integer call() {
        try (RunningCluster client = common().running()) {
            RunningCluster.Fenced fenced = client.fence(server);
            common().out().answer(common().format(), fenced, () -> inWords(fenced));
            return 0;
        }
    }

    static String inWords(RunningCluster.Fenced fenced) {
        if (!fenced.changed()) {
            return fenced.server() + " is fenced already; nothing was changed";
        }
        return fenced.server() + " is fenced until you unfence it\n" + fenced.master()
                + " is the master of group " + fenced.group()
                + (fenced.replicas() == 0
                        ? "; the group has no replica left that could take over: while it is away, clients wait"
                        : "")
                + (fenced.reached() ? "" : "\n" + fenced.server() + " does not answer, and is told as soon as it does");
    }
}
