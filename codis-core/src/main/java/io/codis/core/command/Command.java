package io.codis.core.command;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One row of the command table. All methods that look at a call take the request parser's index arrays: argument {@code
 * i}, 0 being the name, is {@code buf[at[i], at[i] + len[i])}, and {@code args} counts all of them.
 *
 * <p>The order of checks for a call: {@link CommandTable#find}, {@link #resolve}, {@link #arityFits}, {@link #refusal},
 * {@link #keyCount}, then the route.
 */
public final class Command {

    private static final Command[] NO_SUBCOMMANDS = {};

    private final String name;
    private final byte[] lower;
    private final int arity;
    private final Access access;
    private final Route route;
    private final Join join;
    private final Keys keys;
    private final Limit limit;
    private final @Nullable String refusal;
    private final boolean firstArgument;
    private final boolean beforeLogin;
    private final boolean script;
    private final boolean hangsUp;
    private Command[] subcommands = NO_SUBCOMMANDS;

    Command(Row row) {
        this.name = row.name();
        String last = name.substring(name.indexOf('|') + 1);
        this.lower = last.getBytes(StandardCharsets.US_ASCII);
        this.arity = row.arity();
        this.access = row.access();
        this.route = row.route();
        this.join = row.join();
        this.keys = row.keys();
        this.limit = row.limit();
        this.refusal = row.refusal();
        this.firstArgument = keys.equals(new Keys.Range(1, 1, 1));
        this.beforeLogin = row.beforeLogin();
        this.script = name.startsWith("eval") || name.startsWith("fcall");
        this.hangsUp = name.equals("post") || name.equals("host:");
    }

    void adopt(Command[] subcommands) {
        this.subcommands = subcommands;
    }

    /** In lower case; a subcommand has the full form {@code object|encoding}. */
    public String name() {
        return name;
    }

    /** As in {@code COMMAND}: with the name, negative when more are possible. The widest of all engines known. */
    public int arity() {
        return arity;
    }

    public Access access() {
        return access;
    }

    public Route route() {
        return route;
    }

    public Join join() {
        return join;
    }

    /** Whether it is served before the client has logged in. */
    public boolean beforeLogin() {
        return beforeLogin;
    }

    /** Every call names exactly one key, argument 1, and none is refused: the proxy's shortest way. */
    public boolean plain() {
        return route == Route.SINGLE && firstArgument && limit == Limit.NONE && subcommands.length == 0;
    }

    public boolean readOnly() {
        return access == Access.READ;
    }

    /** A script or function: its reply, even an error, says nothing about what it has written (safety rule 17). */
    public boolean script() {
        return script;
    }

    /** A browser or scanner talks HTTP to this port: the connection is closed without an answer, as Redis does. */
    public boolean hangsUp() {
        return hangsUp;
    }

    public boolean hasSubcommands() {
        return subcommands.length > 0;
    }

    /** Its subcommands; a fresh array. */
    public Command[] subcommands() {
        return subcommands.clone();
    }

    /**
     * The subcommand that the call names, this command when it has none or the call names no known one. A call with an
     * argument that resolves to a command with {@link #hasSubcommands} names an unknown one.
     */
    public Command resolve(byte[] buf, int[] at, int[] len, int args) {
        if (subcommands.length == 0 || args < 2) {
            return this;
        }
        for (Command sub : subcommands) {
            if (sub.named(buf, at[1], len[1])) {
                return sub;
            }
        }
        return this;
    }

    /** Whether the call has a possible number of arguments; pairs (MSET) must be complete. */
    public boolean arityFits(int args) {
        if (arity >= 0 ? args != arity : args < -arity) {
            return false;
        }
        return !(keys instanceof Keys.Range(int first, int _, int step)) || step == 1 || (args - first) % step == 0;
    }

    /**
     * Why this call is not served, as the text of an error reply without the leading minus; null when it is served. Of
     * routes {@link Route#SESSION} and {@link Route#REFUSED} every call is refused, of the others some.
     */
    public @Nullable String refusal(byte[] buf, int[] at, int[] len, int args) {
        if (refusal != null || limit == Limit.NONE) {
            return refusal;
        }
        String objection = limit.objection(keys, buf, at, len, args);
        return objection == null ? null : Row.refusal(name, objection);
    }

    /** How many keys the call names; -1 when it is malformed, which an engine answers with a syntax error. */
    public int keyCount(byte[] buf, int[] at, int[] len, int args) {
        return firstArgument ? (args > 1 ? 1 : Keys.MALFORMED) : keys.count(buf, at, len, args);
    }

    /** The argument index of key {@code i}, less than {@link #keyCount}. */
    public int keyAt(int i, byte[] buf, int[] at, int[] len, int args) {
        return firstArgument ? 1 : keys.index(i, buf, at, len, args);
    }

    /** For a split command: how many arguments belong to each key, 2 for MSET, else 1. */
    public int argumentsPerKey() {
        return keys instanceof Keys.Range(int _, int _, int step) ? step : 1;
    }

    /** Whether {@code buf[from, from + length)} is the command's own name, or the subcommand's part of it. */
    boolean named(byte[] buf, int from, int length) {
        return Words.is(buf, from, length, lower);
    }

    byte[] lower() {
        return lower;
    }

    Keys keys() {
        return keys;
    }

    @Override
    public String toString() {
        return name;
    }
}
