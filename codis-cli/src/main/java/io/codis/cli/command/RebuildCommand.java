package io.codis.cli.command;

import io.codis.cli.local.RunningCluster;
import io.codis.infra.dashboard.DashboardApi.Rebuilt;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "rebuild",
        description = {
            "Brings back the map of slots and groups that the coordinator has lost, when servers are lost too. Where all servers",
            "are there it comes back by itself."
        },
        sortOptions = false)
final class RebuildCommand extends WithCommon {

    @Option(
            names = "--accept-loss",
            description = {
                "the newest map that any server has is the right one; what only servers know that do not answer, or that",
                "have lost their data, is lost for good"
            })
    private boolean acceptLoss;

    @Override
    public Integer call() {
        if (!acceptLoss) {
            throw new BadInput(
                    List.of("rebuild needs --accept-loss: what only servers know that do not answer is lost; where"
                            + " all servers answer, the map comes back by itself"));
        }
        try (RunningCluster client = common().running()) {
            Rebuilt rebuilt = client.rebuild();
            common().out().answer(common().format(), rebuilt, () -> inWords(rebuilt));
            return 0;
        }
    }

    private static String inWords(Rebuilt rebuilt) {
        String missing = rebuilt.missing().isEmpty()
                ? ""
                : "; what only " + String.join(", ", rebuilt.missing()) + " knew is lost";
        return "the map is back: %d groups, %d servers, %d slots%s. A group whose data is not complete may ask next: see status"
                .formatted(rebuilt.groups(), rebuilt.servers().size(), rebuilt.slots(), missing);
    }
}
