package io.codis.cli.command;

import io.codis.cli.output.Format;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "config", description = "Prints the default cluster with every default written out.")
final class ConfigCommand extends WithCommon {

    /** What there is to print. */
    enum What {
        DEFAULT
    }

    @Parameters(paramLabel = "default", description = "the word default")
    private What what = What.DEFAULT;

    @Override
    public Integer call() {
        if (common().dataGiven()) {
            throw new BadInput(List.of("--data = " + common().data().root()
                    + ": the default is the same everywhere, leave it out; the stored cluster is in "
                    + common().data().spec()));
        }
        // Text is YAML here, so that it can be edited and applied.
        Format format = common().format() == Format.text ? Format.yaml : common().format();
        common().out().answer(format, SpecSource.standard().document(), what::name);
        return 0;
    }
}
