package io.codis.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.testkit.RedisServer;
import io.codis.testkit.resp.Reply;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One stream goes to the proxy; the commands of it that were not refused go to the engine too, and both must have answered
 * alike. What a refused command did is seen by the comparison of all keys.
 */
final class Comparison implements AutoCloseable {

    /** Their results are of this very moment, process or chance, so that only their kind is compared. */
    private static final Set<String> KIND_ONLY = Set.of(
            "ttl",
            "pttl",
            "expiretime",
            "pexpiretime",
            "dump",
            "object",
            "memory",
            "xinfo",
            "xpending",
            "hrandfield",
            "srandmember",
            "zrandmember",
            "time",
            "info",
            "client",
            "command",
            "scan",
            "sscan",
            "slotshashkey",
            "dbsize");

    /** The order of a hash table is that of one process. */
    private static final Set<String> ANY_ORDER = Set.of(
            "smembers",
            "sinter",
            "sunion",
            "sdiff",
            "hgetall",
            "hkeys",
            "hvals",
            "sort",
            "sort_ro",
            "keys",
            "hscan",
            "zscan");

    /** Harmless as they are made, not any more once their arguments have been changed. */
    private static final Set<String> ONLY_AS_MADE = Set.of(
            "expire",
            "pexpire",
            "expireat",
            "pexpireat",
            "setex",
            "psetex",
            "set",
            "getex",
            "restore",
            "setrange",
            "setbit",
            "bitfield",
            "lcs",
            "sort",
            "sort_ro",
            "eval",
            "eval_ro",
            "evalsha",
            "evalsha_ro",
            "fcall",
            "fcall_ro",
            "xadd",
            "bitop",
            "append");

    /** What they do depends on chance or time, or the comparison could not go on behind them. */
    private static final Set<String> NEVER = Set.of(
            "spop",
            "xclaim",
            "xautoclaim",
            "hello",
            "auth",
            "post",
            "host:",
            "script",
            "debug",
            "function",
            "slotsmapping");

    private final RedisServer direct;
    private final List<RedisServer> servers;
    private final String proxy;
    private final long seed;
    private boolean resp3;
    private RawConnection here;
    private RawConnection there;
    private long streams;
    private long commands;
    private long refused;
    private long left;
    private final long[] ends = new long[StreamModel.End.values().length];

    private final WildSide wild;

    Comparison(RedisServer direct, List<RedisServer> servers, String proxy, long seed, WildSide wild)
            throws IOException {
        this.wild = wild;
        this.direct = direct;
        this.servers = servers;
        this.proxy = proxy;
        this.seed = seed;
        this.here = open(proxy);
        this.there = open(direct.address());
    }

    /** In the protocol whose turn it is. */
    private RawConnection open(String address) throws IOException {
        RawConnection connection = RawConnection.open(address);
        if (resp3) {
            connection.call("HELLO", "3");
        }
        return connection;
    }

    /** All streams from now on are of clients of this protocol. */
    void speak(boolean resp3From) throws IOException {
        resp3 = resp3From;
        reopen();
    }

    private void reopen() throws IOException {
        here.close();
        there.close();
        here = open(proxy);
        there = open(direct.address());
    }

    /** @param pieces how the stream is cut when it is sent */
    void run(byte[] stream, Random pieces) throws IOException {
        StreamModel model = new StreamModel(stream);
        streams++;
        if (model.end() == StreamModel.End.UNCLEAR || model.calls().stream().anyMatch(this::leftOut)) {
            left++;
            wild.throwAt(stream, pieces);
            return;
        }
        ends[model.end().ordinal()]++;
        try {
            exchange(stream, model, pieces);
        } catch (IOException | AssertionError e) {
            throw new AssertionError(
                    "-Dseed=" + seed + ", stream " + streams + " " + show(stream) + "\n" + e.getMessage(), e);
        }
    }

    private boolean leftOut(StreamModel.Call call) {
        String name = call.name();
        return NEVER.contains(name)
                || (ONLY_AS_MADE.contains(name) && !StreamMaker.asMade(call.words()))
                || (name.equals("client") && call.words().stream().anyMatch(w -> w.equalsIgnoreCase("reply")));
    }

    private void exchange(byte[] stream, StreamModel model, Random pieces) throws IOException {
        boolean closes = model.end() != StreamModel.End.CLEAN
                || model.calls().stream().anyMatch(call -> call.name().equals("quit"));
        if (closes) {
            // what is sent to a closed connection would take the last replies with it; the proxy may see sooner than
            // the
            // engine that an unfinished command can only be an error
            here.send(stream);
        } else {
            here.send(stream, pieces);
        }
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        List<StreamModel.Call> compared = new ArrayList<>();
        List<Reply> replies = new ArrayList<>();
        boolean over = false;
        for (StreamModel.Call call : model.calls()) {
            Reply reply = here.read();
            commands++;
            if (refusal(reply)) {
                refused++;
                continue;
            }
            passed.writeBytes(call.raw());
            compared.add(call);
            replies.add(reply);
            over = call.name().equals("quit");
            if (over) {
                break;
            }
        }
        if (!over) {
            passed.writeBytes(model.tail());
        }
        there.send(passed.toByteArray());
        for (int i = 0; i < compared.size(); i++) {
            compare(compared.get(i), replies.get(i), there.read());
        }
        finish(over, model.end());
    }

    private void finish(boolean over, StreamModel.End end) throws IOException {
        if (end == StreamModel.End.ERROR && !over) {
            assertThat(protocolError(here.read())).isEqualTo(protocolError(there.read()));
        }
        if (over || end == StreamModel.End.ERROR) {
            awaitClosed(here);
            awaitClosed(there);
        }
        if (over || end != StreamModel.End.CLEAN) {
            reopen();
        }
    }

    /** Without the byte that was found in place of another, which the proxy writes so that a log can show it. */
    private static String protocolError(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Failure.class);
        return reply.toString().replaceFirst("(?s), got .*", "");
    }

    private static void awaitClosed(RawConnection connection) throws IOException {
        try {
            Reply more = connection.read();
            throw new AssertionError("the connection should be closed, but there came " + more);
        } catch (EOFException e) {
            // as it should be
        }
    }

    private static boolean refusal(Reply reply) {
        return reply instanceof Reply.Failure(String text)
                && (text.startsWith("ERR handle request, command '") || text.startsWith("CROSSSLOT"));
    }

    private static void compare(StreamModel.Call call, Reply here, Reply there) {
        String name = call.name();
        if (here instanceof Reply.Failure(String ours) && there instanceof Reply.Failure(String theirs)) {
            assertThat(word(ours))
                    .as("%s: %s, engine %s", call.words(), ours, theirs)
                    .isEqualTo(word(theirs));
            assertThat(ours).doesNotContain("handle request", "handle response");
        } else if (name.startsWith("sort") && (misledByErrno(here) || misledByErrno(there))) {
            // which of the two engines is misled hangs upon what else each has in its hands
        } else if (KIND_ONLY.contains(name) || scansFromSomewhere(call)) {
            assertThat(here).as("%s, engine %s", call.words(), there).isInstanceOf(there.getClass());
        } else if (ANY_ORDER.contains(name)) {
            assertThat(sorted(here)).as("%s", call.words()).isEqualTo(sorted(there));
        } else {
            assertThat(here).as("%s", call.words()).isEqualTo(there);
        }
    }

    /** What is behind a cursor that nobody was given hangs upon the seed of an engine's hash function. */
    private static boolean scansFromSomewhere(StreamModel.Call call) {
        return call.name().endsWith("scan")
                && call.words().size() > 2
                && !call.words().get(2).equals("0");
    }

    /** Engines read numbers to sort by with strtod, and take an ERANGE that another command has left for its own. */
    private static boolean misledByErrno(Reply reply) {
        return reply instanceof Reply.Failure(String text)
                && text.equals("ERR One or more scores can't be converted into double");
    }

    private static String word(String error) {
        return error.split(" ", 2)[0];
    }

    private static List<String> sorted(Reply reply) {
        return switch (reply) {
            case Reply.Many(List<Reply> items) ->
                items.stream().flatMap(item -> sorted(item).stream()).sorted().toList();
            case Reply.Typed(char type, Reply.Many many) ->
                Stream.concat(Stream.of(String.valueOf(type)), sorted(many).stream())
                        .toList();
            default -> List.of(reply.toString());
        };
    }

    /** Every key has the same value behind the proxy, in the databases that streams select; then all is emptied. */
    void compareAllKeys() throws IOException {
        for (String database : List.of("0", "1")) {
            try (RawConnection engine = RawConnection.open(direct.address())) {
                engine.call("SELECT", database);
                Set<String> keys = new TreeSet<>(engine.call("KEYS", "*").texts());
                long count = 0;
                List<String> digests = digests(engine, keys);
                List<String> behind = new ArrayList<>(Collections.nCopies(keys.size(), ""));
                for (RedisServer server : servers) {
                    try (RawConnection connection = RawConnection.open(server.address())) {
                        connection.call("SELECT", database);
                        count += connection.call("DBSIZE").number();
                        List<String> some = digests(connection, keys);
                        for (int i = 0; i < some.size(); i++) {
                            behind.set(i, some.get(i).matches("0+") ? behind.get(i) : some.get(i));
                        }
                    }
                }
                String where =
                        "-Dseed=" + seed + ", after stream " + streams + ", database " + database + ", keys " + keys;
                assertThat(count).as(where).isEqualTo(keys.size());
                assertThat(behind).as(where).isEqualTo(digests);
            }
        }
        direct.call("FLUSHALL");
        servers.forEach(server -> server.call("FLUSHALL"));
    }

    private static List<String> digests(RawConnection connection, Set<String> keys) throws IOException {
        if (keys.isEmpty()) {
            return List.of();
        }
        List<String> words = new ArrayList<>(List.of("DEBUG", "DIGEST-VALUE"));
        words.addAll(keys);
        return connection.call(words.toArray(String[]::new)).texts();
    }

    double sharePassedOn() {
        return (double) (commands - refused) / Math.max(1, commands);
    }

    private static String show(byte[] stream) {
        StringBuilder out = new StringBuilder();
        for (byte b : stream) {
            out.append(b >= ' ' && b < 127 ? String.valueOf((char) b) : "\\x%02x".formatted(b & 0xff));
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return "streams " + streams + ", left out " + left + ", commands " + commands + ", refused " + refused
                + ", ends (clean, partial, error) " + Arrays.toString(Arrays.copyOf(ends, 3));
    }

    @Override
    public void close() {
        here.close();
        there.close();
    }
}
