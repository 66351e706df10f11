package io.codis.proxy.session;

import io.codis.core.command.Command;
import io.codis.core.command.CommandTable;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds a {@link Verb} by the bytes of a command's name. Names of up to eight bytes are compared as one number. */
final class Verbs {

    private static final int PLACES = 1024;
    private static final long LOWER = 0x2020202020202020L;

    private final long[] names = new long[PLACES];
    private final @Nullable Verb[] places = new @Nullable Verb[PLACES];
    private final Map<Command, Verb> byCommand = new IdentityHashMap<>();

    Verbs() {
        for (Command command : CommandTable.known().all()) {
            Verb verb = new Verb(command);
            byCommand.put(command, verb);
            String name = command.name();
            if (name.length() <= 8 && name.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
                place(fold(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, name.length()), verb);
            }
        }
    }

    private void place(long name, Verb verb) {
        int at = hash(name);
        while (places[at] != null) {
            at = (at + 1) & (PLACES - 1);
        }
        names[at] = name;
        places[at] = verb;
    }

    /** Null when there is no such command. */
    @Nullable
    Verb find(byte[] bytes, int from, int length) {
        if (length <= 8) {
            long name = fold(bytes, from, length);
            for (int at = hash(name); places[at] != null; at = (at + 1) & (PLACES - 1)) {
                if (names[at] == name && letters(bytes, from, length)) {
                    return places[at];
                }
            }
        }
        Command command = CommandTable.known().find(bytes, from, length);
        return command == null ? null : byCommand.get(command);
    }

    /** The verb of a command, also of a subcommand. */
    Verb of(Command command) {
        Verb verb = byCommand.get(command);
        if (verb == null) {
            throw new IllegalStateException("no verb for " + command);
        }
        return verb;
    }

    Collection<Verb> all() {
        return byCommand.values();
    }

    private static long fold(byte[] bytes, int from, int length) {
        long name = 0;
        for (int i = 0; i < length; i++) {
            name = name << 8 | (bytes[from + i] & 0xff);
        }
        return name | LOWER;
    }

    /** Setting the bit of lower case also maps other bytes onto letters: those are no names. */
    private static boolean letters(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            int lower = bytes[i] | 0x20;
            if (lower < 'a' || lower > 'z') {
                return false;
            }
        }
        return true;
    }

    private static int hash(long name) {
        return (int) ((name * 0x9E3779B97F4A7C15L) >>> 54);
    }
}
