package io.codis.cli.admin;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** A parsed command line. Commands are flags here, by contract; unambiguous beginnings of long options are accepted. */
final class AdminArguments {

    /** Flags without a value. */
    private static final List<String> FLAGS = List.of(
            "--shutdown --reload --start --reset-stats --forcegc --locked --confirm --offline --force --all --enable --disable",
            "--list-group --list-proxy --slots-assign --slots-status --create-proxy --online-proxy --remove-proxy",
            "--reinit-proxy --proxy-status --create-group --remove-group --resync-group --group-add --group-del",
            "--group-status --replica-groups --promote-server --sync-action --slot-action --create --remove",
            "--create-some --create-range --rebalance --sentinel-add --sentinel-del --sentinel-resync",
            "--remove-lock --config-dump --dashboard-list");

    /** Options with a value. */
    private static final List<String> VALUES = List.of(
            "--dashboard --proxy --filesystem --zookeeper --zookeeper-auth --etcd --etcd-auth --kubernetes --log-level --fillslots --beg",
            "--end --pid --datacenter --sid --gid-from --gid-to --num-slots --interval --disabled --product --config-restore",
            "--config-convert");

    private final ParseResult parsed;

    private AdminArguments(ParseResult parsed) {
        this.parsed = parsed;
    }

    static AdminArguments parse(String... args) {
        return new AdminArguments(new CommandLine(spec())
                .setAbbreviatedOptionsAllowed(true)
                .setOverwrittenOptionsAllowed(false)
                .parseArgs(args));
    }

    boolean given(String option) {
        return parsed.hasMatchedOption(option);
    }

    /** The one of these options that was given; a clear refusal when it is none or several. */
    String oneOf(String... options) {
        return atMostOneOf(options).orElseThrow(() -> refusal("one of " + String.join(", ", options) + " is needed"));
    }

    Optional<String> atMostOneOf(String... options) {
        List<String> found = Arrays.stream(options).filter(this::given).toList();
        if (found.size() > 1) {
            throw refusal(String.join(" and ", found) + " cannot be used together");
        }
        return found.stream().findFirst();
    }

    String text(String option) {
        return optional(option).orElseThrow(() -> refusal(option + " is needed"));
    }

    Optional<String> optional(String option) {
        return Optional.ofNullable(parsed.<String>matchedOptionValue(option, null));
    }

    int number(String option) {
        String text = text(option);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, option + "=" + text + ": not a whole number", e);
        }
    }

    /** {@code config}, {@code model} and so on; empty for the whole overview. */
    String view() {
        return parsed.<String>matchedPositionalValue(0, "");
    }

    static CodisException refusal(String message) {
        return new CodisException(Reason.INVALID_ARGUMENT, message);
    }

    static String usage() {
        return """
                usage: codis-admin --dashboard=ADDR COMMAND     ask a dashboard
                       codis-admin --proxy=ADDR [-a AUTH] COMMAND    ask a proxy
                       codis-admin --filesystem=ROOT COMMAND    work on what is stored; or
                                   --zookeeper=ADDR [--zookeeper-auth=LOGIN] | --etcd=ADDR [--etcd-auth=LOGIN] | --kubernetes=NAMESPACE

                dashboard:
                  [config|model|stats|slots|group|proxy] | --list-group | --list-proxy
                  --shutdown | --reload | --log-level=LEVEL
                  --slots-assign --beg=I --end=I (--gid=G|--offline) [--confirm]  |  --slots-status
                  --create-proxy -x ADDR | --online-proxy -x ADDR | --proxy-status
                  --remove-proxy (-x ADDR|-t TOKEN|--pid=ID) [--force]
                  --reinit-proxy (-x ADDR|-t TOKEN|--pid=ID|--all) [--force]
                  --create-group -g G | --remove-group -g G | --resync-group (-g G|--all) | --group-status
                  --group-add -g G -x ADDR [--datacenter=D] | --group-del -g G -x ADDR | --promote-server -g G -x ADDR
                  --replica-groups -g G -x ADDR (--enable|--disable)
                  --sync-action (--create|--remove) -x ADDR
                  --slot-action --create --sid=S -g G | --slot-action --remove --sid=S
                  --slot-action --create-some --gid-from=A --gid-to=B --num-slots=N
                  --slot-action --create-range --beg=I --end=I -g G
                  --slot-action --interval=MICROSECONDS | --slot-action --disabled=(0|1)
                  --rebalance [--confirm]
                  --sentinel-add -x ADDR | --sentinel-del -x ADDR [--force] | --sentinel-resync
                proxy:
                  [config|model|stats|slots] | --start | --shutdown | --reset-stats | --forcegc | --log-level=LEVEL
                  --fillslots=FILE [--locked]
                coordinator:
                  --remove-lock --product=NAME | --dashboard-list
                  --config-dump --product=NAME | --config-restore=FILE --product=NAME [--confirm]

                -v prints what is going on. Exit code 0, or 1 with the reason on standard error.
                """;
    }

    private static CommandSpec spec() {
        var spec = CommandSpec.create().name("codis-admin");
        FLAGS.stream().flatMap(line -> Arrays.stream(line.split(" ", -1))).forEach(flag -> addFlag(spec, flag));
        VALUES.stream().flatMap(line -> Arrays.stream(line.split(" ", -1))).forEach(name -> addValue(spec, name));
        addFlag(spec, "-v", "--verbose");
        addFlag(spec, "-1");
        addFlag(spec, "-h", "--help");
        addValue(spec, "--addr", "-x");
        addValue(spec, "--gid", "-g");
        addValue(spec, "--token", "-t");
        addValue(spec, "--auth", "-a");
        return spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("0..1")
                .type(String.class)
                .build());
    }

    private static void addFlag(CommandSpec spec, String... names) {
        spec.addOption(OptionSpec.builder(names).arity("0").type(Boolean.class).build());
    }

    private static void addValue(CommandSpec spec, String... names) {
        spec.addOption(OptionSpec.builder(names).arity("1").type(String.class).build());
    }
}
