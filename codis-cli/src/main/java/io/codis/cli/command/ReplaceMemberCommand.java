package io.codis.cli.command;

import io.codis.cli.local.RunningCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "replace-member",
        description = {
            "Gives a replica a new, empty volume, when the former one is lost or broken: what it has is removed, and it takes",
            "all from its group's master, which must serve."
        },
        sortOptions = false)
final class ReplaceMemberCommand extends WithCommon {

    @Parameters(index = "0", paramLabel = "SERVER", description = "its name, see status")
    private String server = "";

    /** The server that begins anew. */
    record Replaced(String server) {}

    @Override
    public Integer call() {
        try (RunningCluster client = common().running()) {
            var replaced = new Replaced(client.replaceMember(server));
            common().out()
                    .answer(
                            common().format(),
                            replaced,
                            () -> replaced.server() + " begins anew and takes its data from its master; see status");
            return 0;
        }
    }
}
