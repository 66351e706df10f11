package io.codis.cli.command;

import io.codis.cli.local.RunningCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "unfence",
        description = "Lets a fenced server take part again: it follows its group's master and catches up.",
        sortOptions = false)
final class UnfenceCommand extends WithCommon {

    @Parameters(index = "0", paramLabel = "SERVER", description = "its name, see status")
    private String server = "";

    @Override
    public Integer call() {
        try (RunningCluster client = common().running()) {
            RunningCluster.Unfenced unfenced = client.unfence(server);
            common().out().answer(common().format(), unfenced, () -> inWords(unfenced));
            return 0;
        }
    }

    static String inWords(RunningCluster.Unfenced unfenced) {
        return unfenced.changed()
                ? unfenced.server() + " takes part again: it follows its master and catches up; see status"
                : unfenced.server() + " is not fenced; nothing was changed";
    }
}
