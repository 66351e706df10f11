package io.codis.core.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds a {@link Command} by the bytes of its name, in any case of its letters, without allocation. */
public final class CommandTable {

    /** Four times the number of names: nearly every lookup ends at its first place. */
    private static final int PLACES = 1024;

    /** No name is longer; keeps a hostile name from being hashed. */
    private static final int LONGEST = 64;

    private static final CommandTable KNOWN = new CommandTable(Stream.of(
                    DataCommands.STRINGS,
                    DataCommands.KEYSPACE,
                    DataCommands.LISTS,
                    DataCommands.HASHES,
                    DataCommands.SETS,
                    DataCommands.SORTED_SETS,
                    DataCommands.STREAMS,
                    DataCommands.SCRIPTS,
                    ServerCommands.CONNECTION,
                    ServerCommands.TRANSACTIONS,
                    ServerCommands.SCRIPTS,
                    ServerCommands.SERVER,
                    ServerCommands.CODIS)
            .flatMap(String::lines)
            .map(Row::parse)
            .toList());

    private final @Nullable Command[] places = new @Nullable Command[PLACES];
    private final Map<String, Command> byName = new TreeMap<>();

    private CommandTable(List<Row> rows) {
        var subcommands = new TreeMap<String, List<Command>>();
        for (Row row : rows) {
            Command command = new Command(row);
            if (byName.put(row.name(), command) != null) {
                throw new IllegalArgumentException("twice in the command table: " + row.name());
            }
            int bar = row.name().indexOf('|');
            if (bar < 0) {
                place(command);
            } else {
                subcommands
                        .computeIfAbsent(row.name().substring(0, bar), _ -> new ArrayList<>())
                        .add(command);
            }
        }
        subcommands.forEach((parent, subs) -> known(parent).adopt(subs.toArray(Command[]::new)));
    }

    /** All commands of Redis 7.0, Valkey 8 and 9, and Codis 3.2. */
    public static CommandTable known() {
        return KNOWN;
    }

    /** The command that {@code buf[from, from + length)} names, or null; for a subcommand, {@link Command#resolve} it. */
    public @Nullable Command find(byte[] buf, int from, int length) {
        if (length > LONGEST) {
            return null;
        }
        for (int place = placeOf(buf, from, length); ; place = (place + 1) & (PLACES - 1)) {
            Command command = places[place];
            if (command == null || command.named(buf, from, length)) {
                return command;
            }
        }
    }

    /** By its full name in lower case, such as {@code get} or {@code object|encoding}; null when there is none. */
    public @Nullable Command named(String name) {
        return byName.get(name);
    }

    /** Every command and subcommand, by name. */
    public Collection<Command> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    private Command known(String name) {
        Command command = byName.get(name);
        if (command == null) {
            throw new IllegalArgumentException("subcommands without their command: " + name);
        }
        return command;
    }

    private void place(Command command) {
        byte[] name = command.lower();
        int place = placeOf(name, 0, name.length);
        while (places[place] != null) {
            place = (place + 1) & (PLACES - 1);
        }
        places[place] = command;
    }

    /** Folds case by one bit, which also maps some other bytes onto each other; the comparison tells them apart. */
    private static int placeOf(byte[] buf, int from, int length) {
        int hash = length;
        for (int i = from; i < from + length; i++) {
            hash = hash * 31 + (buf[i] | 0x20);
        }
        return (hash ^ (hash >>> 10)) & (PLACES - 1);
    }
}
