package io.codis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.command.Access;
import io.codis.core.command.Command;
import io.codis.core.command.CommandTable;
import io.codis.core.command.Route;
import io.codis.testkit.Engine;
import io.codis.testkit.RedisServer;
import io.codis.testkit.Seed;
import io.codis.testkit.resp.Reply;
import io.codis.testkit.resp.RespConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command table says of every command what the engines say of it. */
final class CommandTableAgainstEnginesTest {

    /** Our arity is the widest of the engines known: WITHSCORE came with Redis 7.2, commands without keys later. */
    private static final Map<String, Integer> WIDER_IN_NEWER_ENGINES =
            Map.of("zrank", 3, "zrevrank", 3, "command|getkeys", -4, "command|getkeysandflags", -4);

    /** Subcommands of what is refused as a whole need no rows of their own. */
    private static final Set<String> REFUSED_AS_A_WHOLE =
            Set.of("acl", "cluster", "commandlog", "config", "latency", "module", "slowlog");

    private static final List<String> WORDS = List.of(
            "k1",
            "{t}k2",
            "k3",
            "0",
            "1",
            "2",
            "3",
            "STORE",
            "get",
            "BY",
            "Limit",
            "streams",
            "block",
            "COUNT",
            "keys",
            "",
            "DB",
            "noack",
            "GROUP",
            "auth",
            "storedist",
            "#",
            "m",
            "$",
            ">",
            "(1",
            "left",
            "AND",
            "member");

    private final CommandTable table = CommandTable.known();

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void everyCommandOfTheEngineIsDeclaredAsItIs(Engine engine) {
        try (RedisServer server = RedisServer.start(engine, Map.of())) {
            Map<String, Reported> reported = reported(server);
            assertThat(reported).hasSizeGreaterThan(300);
            List<String> differences = new ArrayList<>();
            reported.forEach((name, command) -> compare(name, command, differences));
            assertThat(differences).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.codis.testkit.Engines#all")
    void keysAreWhereTheEngineSeesThem(Engine engine) {
        Seed.times(3, random -> {
            try (RedisServer server = RedisServer.start(engine, Map.of());
                    RespConnection redis = server.connect()) {
                Set<String> compared = new TreeSet<>();
                Set<String> expected = new TreeSet<>();
                for (String name : reported(server).keySet()) {
                    Command command = table.named(name);
                    if (command != null && !command.hasSubcommands()) {
                        for (int i = 0; i < 200; i++) {
                            compareKeys(command, sample(command, random), redis, compared);
                        }
                        if (passed(command)) {
                            expected.add(name);
                        }
                    }
                }
                expected.removeAll(compared);
                assertThat(expected).as("never compared").isEmpty();
            }
        });
    }

    private void compare(String name, Reported there, List<String> differences) {
        int bar = name.indexOf('|');
        if (bar > 0 && REFUSED_AS_A_WHOLE.contains(name.substring(0, bar))) {
            return;
        }
        Command here = table.named(name);
        if (here == null) {
            differences.add(name + " is not in the table");
            return;
        }
        boolean wider = WIDER_IN_NEWER_ENGINES.getOrDefault(name, 0) == there.arity;
        if (here.arity() != there.arity && !wider) {
            differences.add(name + " arity " + here.arity() + " there " + there.arity);
        }
        Access access = there.flags.contains("write")
                ? Access.WRITE
                : there.flags.contains("readonly") ? Access.READ : Access.NEITHER;
        if (here.access() != access) {
            differences.add(name + " access " + here.access() + " there " + access);
        }
        boolean alone = Stream.of("blocking", "pubsub", "admin").anyMatch(there.flags::contains);
        if (alone && passed(here) && !name.startsWith("xread")) {
            differences.add(name + " must not be sent over a shared connection: " + there.flags);
        }
    }

    /**
     * Equal keys, or none seen on either side; where only one side sees keys the call must be one that the engine
     * refuses to execute, which is not tried with commands that the proxy never passes on.
     */
    private void compareKeys(Command command, List<String> call, RespConnection redis, Set<String> compared)
            throws IOException {
        List<String> question = new ArrayList<>(List.of("COMMAND", "GETKEYS"));
        question.addAll(call);
        Reply answer = redis.call(question.toArray(String[]::new));
        List<String> there = answer instanceof Reply.Many ? answer.texts() : List.of();
        List<String> here = keys(command, call);
        if (!there.isEmpty() && there.equals(here)) {
            compared.add(command.name());
        } else if (!there.equals(here) && !passed(command)) {
            assertThat(there.isEmpty() || here.isEmpty())
                    .as("%s: here %s, there %s", call, here, there)
                    .isTrue();
        } else if (!there.equals(here) && !destinationAlone(call) && !storedTwice(call)) {
            Reply executed = redis.call(call.toArray(String[]::new));
            assertThat(executed).as("%s: here %s, there %s", call, here, there).isInstanceOf(Reply.Failure.class);
        }
    }

    /** GETKEYS finds no key in a PFMERGE without sources, which the engine executes on its destination. */
    private static boolean destinationAlone(List<String> call) {
        return call.size() == 2 && call.getFirst().equals("pfmerge");
    }

    /** With several STORE the engine writes the last one's key, while GETKEYS shows the first or all. */
    private static boolean storedTwice(List<String> call) {
        int options =
                call.getFirst().startsWith("georadius") ? 5 : call.getFirst().equals("sort") ? 2 : call.size();
        return call.stream()
                        .skip(options)
                        .filter(word -> word.toLowerCase(Locale.ROOT).startsWith("store"))
                        .count()
                > 1;
    }

    private static boolean passed(Command command) {
        return command.route() == Route.SINGLE || command.route() == Route.SPLIT;
    }

    private static List<String> keys(Command command, List<String> call) {
        int[] at = new int[call.size()];
        int[] len = new int[call.size()];
        byte[] buf = String.join("", call).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0, end = 0; i < call.size(); end += len[i++]) {
            at[i] = end;
            len[i] = call.get(i).length();
        }
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < command.keyCount(buf, at, len, at.length); i++) {
            keys.add(call.get(command.keyAt(i, buf, at, len, at.length)));
        }
        return keys;
    }

    /** The fewest arguments that are allowed and up to four more, of words that have a meaning somewhere. */
    private static List<String> sample(Command command, Random random) {
        List<String> call = new ArrayList<>(List.of(command.name().split("\\|")));
        if (command.name().startsWith("xread") && random.nextBoolean()) {
            call.addAll(List.of("GROUP", "g", "c", "COUNT", "5", "STREAMS"));
        }
        int most = Math.max(Math.abs(command.arity()), call.size()) + (command.arity() < 0 ? random.nextInt(5) : 0);
        while (call.size() < most) {
            call.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return call;
    }

    private record Reported(int arity, List<String> flags) {}

    private static Map<String, Reported> reported(RedisServer server) {
        Map<String, Reported> all = new TreeMap<>();
        if (server.call("COMMAND") instanceof Reply.Many(List<Reply> commands)) {
            commands.forEach(command -> add(command, all));
        }
        return all;
    }

    /** Fields: name, arity, flags, three of keys, categories, tips, key specifications, subcommands. */
    private static void add(Reply command, Map<String, Reported> all) {
        if (command instanceof Reply.Many(List<Reply> fields)) {
            all.put(
                    fields.get(0).text(),
                    new Reported((int) fields.get(1).number(), fields.get(2).texts()));
            if (fields.get(9) instanceof Reply.Many(List<Reply> subcommands)) {
                subcommands.forEach(subcommand -> add(subcommand, all));
            }
        }
    }
}
