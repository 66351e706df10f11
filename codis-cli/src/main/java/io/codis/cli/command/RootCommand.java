package io.codis.cli.command;

import io.codis.cli.output.Format;
import io.codis.cli.output.Output;
import io.codis.core.problem.CodisException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code codis}. */
@Command(
        name = "codis",
        description = "Runs a sharded Redis on this machine, and looks after one on Kubernetes.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            UpCommand.class,
            StatusCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            ScaleCommand.class,
            RebalanceCommand.class,
            FailoverCommand.class,
            ReplaceMemberCommand.class,
            FenceCommand.class,
            UnfenceCommand.class,
            RebuildCommand.class,
            BackupCommand.class,
            LogsCommand.class,
            DownCommand.class,
            ConfigCommand.class,
            VersionCommand.class,
            ArchiveCommand.class
        },
        footer = {
            "",
            "The programs of Codis 3.2 are here too, as the first argument or in bin/:",
            "codis-proxy, codis-dashboard, codis-server, codis-admin, codis-fe, codis-ha, codis-backup."
        })
public final class RootCommand implements Runnable {

    /** Bad input: the same arguments cannot work. */
    public static final int BAD_INPUT = 2;

    /** It could not be done, now. */
    public static final int FAILED = 1;

    /** Options that every command has, and {@code codis} itself has not. */
    private static final Set<String> OF_COMMANDS = Set.of("--data", "-o", "--output");

    /** What does the same on Kubernetes. */
    private static final Map<String, String> HERE_ONLY = Map.of(
            "up", "kubectl apply -f FILE",
            "apply", "kubectl apply -f FILE",
            "scale", "kubectl scale codis NAME --replicas=SERVERS, or kubectl edit codis NAME",
            "logs", "kubectl logs POD",
            "backup", "spec.redisSpec.backupCronJob",
            "down", "kubectl delete codis NAME",
            "config", "kubectl get codis NAME -o yaml");

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this text")
    private boolean help;

    @CommandLine.Mixin
    private final KubernetesOptions kubernetes = new KubernetesOptions();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    /** Exit code 0, {@link #FAILED} or {@link #BAD_INPUT}. */
    public static int run(Output output, String... arguments) {
        var root = new RootCommand();
        var line = new CommandLine(root);
        line.getSubcommands().values().forEach(command -> {
            if (command.getCommand() instanceof WithCommon with) {
                with.common().output(output);
                with.common().kubernetes(root.kubernetes);
            }
        });
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // Not of what was parsed: that ends at the first wrong word.
        Format format = Format.asked(arguments);
        line.setParameterExceptionHandler((e, given) -> {
            String help = "\nTry: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
            Failure failure = Failure.input(List.of(said(e)));
            output.failure(format, failure, () -> failure.text() + help);
            return BAD_INPUT;
        });
        line.setExecutionStrategy(parsed -> {
            root.refuseElsewhere(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (!(e instanceof BadInput || e instanceof CodisException)) {
                e.printStackTrace();
            }
            Failure failure = Failure.of(e);
            output.failure(format, failure, failure::text);
            return failure.exitCode();
        });
        return line.execute(arguments);
    }

    private void refuseElsewhere(CommandLine.ParseResult parsed) {
        if (!parsed.hasSubcommand()) {
            return;
        }
        CommandLine.Model.CommandSpec command = parsed.subcommand().commandSpec();
        if (HERE_ONLY.containsKey(command.name()) && kubernetes.withoutContext()) {
            throw new ParameterException(
                    command.commandLine(),
                    "-n and --cluster are for Kubernetes, with --context; see codis " + command.name() + " --help");
        }
        if (HERE_ONLY.containsKey(command.name()) && kubernetes.given()) {
            throw new ParameterException(
                    command.commandLine(),
                    command.name() + " is for clusters of this machine; on Kubernetes use "
                            + HERE_ONLY.get(command.name()));
        }
    }

    private static String said(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(e.getMessage());
        }
        if (unmatched.isUnknownOption()) {
            String option = unmatched.getUnmatched().getFirst();
            boolean misplaced =
                    unmatched.getCommandLine().getParent() == null && OF_COMMANDS.contains(option.split("=", 2)[0]);
            return misplaced
                    ? option + " comes after the command, such as: codis status " + option + " …"
                    : String.valueOf(e.getMessage());
        }
        String first = unmatched.getUnmatched().getFirst();
        if (unmatched.getCommandLine().getParent() != null) {
            return "it takes no further argument: " + first;
        }
        String like = String.join(", ", unmatched.getSuggestions());
        return "there is no command " + first + (like.isEmpty() ? "" : "; did you mean " + like + "?");
    }
}
