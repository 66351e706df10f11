package io.codis.cli.command;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.RunningCluster;
import io.codis.cli.output.StatusText;
import picocli.CommandLine.Command;

@Command(name = "status", description = "Shows groups, proxies and processes. Exit code 0 if Ready, else 1.")
final class StatusCommand extends WithCommon {

    @Override
    public Integer call() {
        try (RunningCluster client = common().running()) {
            ClusterStatus status = client.status();
            common().out()
                    .answer(
                            common().format(),
                            status,
                            () -> new StatusText(status, common().out().paint()).text());
            return status.phase() == ClusterStatus.Phase.READY ? 0 : RootCommand.FAILED;
        }
    }
}
