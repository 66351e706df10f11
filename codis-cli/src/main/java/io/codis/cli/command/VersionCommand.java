package io.codis.cli.command;

import java.util.Optional;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version.")
final class VersionCommand extends WithCommon {

    /** What this is and what it runs on. */
    record Version(String codis, String java, String os) {}

    @Override
    public Integer call() {
        var version = new Version(
                Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                        .orElse("unpackaged"),
                Runtime.version().toString(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        common().out()
                .answer(
                        common().format(),
                        version,
                        () -> "codis " + version.codis() + " (Java " + version.java() + ", " + version.os() + ")");
        return 0;
    }
}
