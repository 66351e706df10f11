package io.codis.cli.command;

import io.codis.cli.backup.Backup;
import io.codis.cli.backup.BackupOptions;
import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.DataDirectory;
import io.codis.cli.local.EngineFinder;
import io.codis.cli.local.RunningCluster;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.secret.ClusterSecret;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "backup",
        description = "Writes a snapshot of every group; clients go on meanwhile, moves of slots wait.")
final class BackupCommand extends WithCommon {

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "where all backups are")
    private Path to = Path.of("");

    @Mixin
    private BackupOptions options = new BackupOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (spec != null) {
            options.check(spec.commandLine());
        }
        DataDirectory data = common().data();
        ClusterStatus status;
        try (RunningCluster cluster = common().running()) {
            status = cluster.status();
        }
        Path engine = new EngineFinder(System.getenv(), data.cache()).find();
        String dashboard = URI.create(status.dashboard().url()).getAuthority();
        try (var api = new DashboardApi(dashboard, status.product())) {
            var backup = new Backup(api, ClusterSecret.load(data.secret()), engine, common().out()::progress);
            Backup.Made made = backup.make(options.order(to, api.product()));
            common().out().answer(common().format(), made, () -> text(made));
            return 0;
        }
    }

    private static String text(Backup.Made made) {
        String removed = made.removed().isEmpty() ? "" : "\nremoved " + String.join(", ", made.removed());
        return made.path() + ": " + made.manifest().keys() + " keys in "
                + made.manifest().groups().size() + " groups" + removed;
    }
}
