package io.codis.core.explore;

import java.util.Optional;

/** What must hold in every world. */
final class Checks {

    private final Model model;

    Checks(Model model) {
        this.model = model;
    }

    /** What is wrong, if anything. */
    Optional<String> violation(World world) {
        for (int slot = 0; slot < View.SLOTS; slot++) {
            int acceptors = acceptors(world, slot);
            if (Integer.bitCount(acceptors) > 1) {
                return Optional.of("slot " + slot + " is written at more than one place: " + names(acceptors));
            }
            for (int p = 0; p < View.PROXIES; p++) {
                var wrong = read(world, p, slot);
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
        }
        return Optional.empty();
    }

    /** A bit for every server at which a write to the slot could run now: by a new request or by one that was sent. */
    private int acceptors(World world, int slot) {
        int servers = 0;
        for (int p = 0; p < View.PROXIES; p++) {
            View table = model.table(world, p);
            int group = table.group[slot];
            if (group != 0 && !table.locked[slot] && !world.hung[p] && serves(world, p, table, table.master[group])) {
                servers |= 1 << table.master[group];
            }
            boolean sent = world.phase[p] == World.SENT && world.slot[p] == slot;
            if (sent && world.role[world.to[p]] == World.MASTER && world.users[world.to[p]][p] == world.login[p]) {
                servers |= 1 << world.to[p];
            }
        }
        return servers;
    }

    private static boolean serves(World world, int p, View table, int server) {
        return world.role[server] == World.MASTER && table.login[p] != 0 && world.users[server][p] == table.login[p];
    }

    /** A read through the proxy now: at the source while the key is there, else at the master. */
    private Optional<String> read(World world, int p, int slot) {
        View table = model.table(world, p);
        int group = table.group[slot];
        if (group == 0 || table.locked[slot] || world.hung[p]) {
            return Optional.empty();
        }
        int at = table.master[group];
        int source = table.source[slot];
        if (source != 0) {
            int from = table.master[source];
            if (!serves(world, p, table, from)) {
                return Optional.empty();
            }
            at = world.value[from][slot] != 0 ? from : at;
        }
        if (!serves(world, p, table, at)) {
            return Optional.empty();
        }
        int value = world.value[at][slot];
        return allowed(world, slot, value)
                ? Optional.empty()
                : Optional.of("p" + p + " reads " + describe(value) + " of slot " + slot + " at " + View.address(at)
                        + ", acknowledged was " + describe(world, slot));
    }

    /** It is the outcome of the last acknowledged write or of a later one. */
    private static boolean allowed(World world, int slot, int value) {
        if (value != 0) {
            return value >= world.acknowledged[slot];
        }
        int since = -1 << world.acknowledged[slot];
        return (world.removals[slot] & since) != 0;
    }

    private static String describe(int value) {
        return value == 0 ? "nothing" : "write " + value;
    }

    private static String describe(World world, int slot) {
        int number = world.acknowledged[slot];
        return ((world.removals[slot] & 1 << number) != 0 ? "removal " : "write ") + number;
    }

    private static String names(int servers) {
        var names = new StringBuilder();
        for (int s = 0; s < View.SERVERS; s++) {
            if ((servers & 1 << s) != 0) {
                names.append(names.isEmpty() ? "" : ", ").append(View.address(s));
            }
        }
        return names.toString();
    }
}
