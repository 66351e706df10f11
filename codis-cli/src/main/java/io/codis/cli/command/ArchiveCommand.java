package io.codis.cli.command;

import io.codis.cli.local.ClassArchive;
import picocli.CommandLine.Command;

@Command(name = "archive", hidden = true, description = "Makes starts faster; ./codis does this after a build.")
final class ArchiveCommand extends WithCommon {

    @Override
    public Integer call() {
        ClassArchive.build();
        return 0;
    }
}
