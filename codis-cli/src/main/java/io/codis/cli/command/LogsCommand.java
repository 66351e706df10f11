package io.codis.cli.command;

import io.codis.cli.local.DataDirectory;
import io.codis.cli.local.LogFollower;
import io.codis.core.spec.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Prints the log of a process; without NAME, the names.")
final class LogsCommand extends WithCommon {

    private static final int TAIL_BYTES = 64 << 10;
    private static final long POLL_MILLIS = 200;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "such as dashboard, proxy-1 or server-1-2")
    private @Nullable String name;

    @Option(
            names = {"-f", "--follow"},
            description = "go on until Ctrl-C")
    private boolean follow;

    /** The logs that there are. */
    record Names(List<String> names) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        DataDirectory data = common().data();
        List<String> names = names(data);
        if (name == null) {
            common().out().answer(common().format(), new Names(names), () -> String.join("\n", names));
            return 0;
        }
        if (!names.contains(name)) {
            String meant = Spelling.nearest(name, names)
                    .map(word -> "did you mean " + word + "?")
                    .orElse(
                            names.isEmpty()
                                    ? "there are no logs in " + data.logs()
                                    : "there are: " + String.join(", ", names));
            throw new BadInput(List.of("NAME = " + name + ": no such process; " + meant));
        }
        print(data.log(name));
        return 0;
    }

    private static List<String> names(DataDirectory data) throws IOException {
        if (!Files.isDirectory(data.logs())) {
            return List.of();
        }
        try (var files = Files.list(data.logs())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".log"))
                    .map(file -> file.substring(0, file.length() - ".log".length()))
                    .sorted()
                    .toList();
        }
    }

    private void print(Path log) throws IOException, InterruptedException {
        LogFollower follower = LogFollower.of(log);
        common().out().raw(follower.tail(TAIL_BYTES));
        while (follow) {
            String more = follower.more();
            common().out().raw(more);
            if (more.isEmpty()) {
                Thread.sleep(POLL_MILLIS);
            }
        }
    }
}
