package io.codis.proxy.route;

import io.codis.core.codis3.SlotRouting;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.wire.Credentials;
import io.codis.core.wire.RouteTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One whole routing, checked: every slot's entry, the groups by id in ascending order, the moves.
 *
 * @param table null when made from the objects of Codis 3.2
 */
public record RouteMap(
        @Nullable RouteTable table,
        @Nullable Credentials credentials,
        List<Entry> entries,
        SequencedMap<Integer, Group> groups,
        Map<Pair, Move> moves) {

    /** Where one slot's requests go; {@code group} 0 is offline, {@code source} 0 is "no move". */
    public record Entry(int group, int source, boolean locked) {
        static final Entry OFFLINE = new Entry(0, 0, false);
    }

    /** @param candidates whose acknowledgement counts, by announced address */
    public record Group(int id, String master, List<String> candidates) {}

    /** A slot moves from one group to another. */
    public record Pair(int source, int target) {}

    /** @param credentials with which MIGRATE enters the target */
    public record Move(Group source, Group target, Credentials credentials) {}

    /** No slot is served. */
    public static RouteMap empty() {
        return new RouteMap(
                null,
                null,
                java.util.Collections.nCopies(SlotHash.SLOTS, Entry.OFFLINE),
                new LinkedHashMap<>(),
                Map.of());
    }

    /** @throws CodisException {@code InvalidArgument} when the table contradicts itself */
    public static RouteMap of(RouteTable table) {
        SequencedMap<Integer, Group> groups = new LinkedHashMap<>();
        table.groups().stream()
                .sorted((a, b) -> Integer.compare(a.id(), b.id()))
                .forEach(g -> groups.put(g.id(), group(g.id(), g.master(), g.candidates())));
        Map<Pair, Move> moves = new HashMap<>();
        for (RouteTable.MoveRoute move : table.moves()) {
            Group source = known(groups, move.source());
            Group target = known(groups, move.target());
            moves.put(new Pair(move.source(), move.target()), new Move(source, target, move.credentials()));
        }
        List<Entry> entries = new ArrayList<>(java.util.Collections.nCopies(SlotHash.SLOTS, Entry.OFFLINE));
        int next = 0;
        for (RouteTable.SlotRoute range : table.slots()) {
            if (range.from() < next || range.to() < range.from() || range.to() >= SlotHash.SLOTS) {
                throw invalid("slots " + range.from() + "-" + range.to() + " are out of range or of order");
            }
            next = range.to() + 1;
            if (range.group() != 0) {
                known(groups, range.group());
            }
            checkSource(range, groups, moves);
            for (int slot = range.from(); slot <= range.to(); slot++) {
                entries.set(slot, new Entry(range.group(), range.source(), range.locked()));
            }
        }
        return new RouteMap(table, table.credentials(), List.copyOf(entries), groups, moves);
    }

    private static void checkSource(RouteTable.SlotRoute range, Map<Integer, Group> groups, Map<Pair, Move> moves) {
        if (range.source() == 0) {
            return;
        }
        known(groups, range.source());
        // A locked slot's keys are not touched; the login may come with the table that opens it.
        if (!range.locked() && !moves.containsKey(new Pair(range.source(), range.group()))) {
            throw invalid("slots " + range.from() + "-" + range.to() + " move from group " + range.source()
                    + " to group " + range.group() + " without a login");
        }
    }

    private static Group group(int id, String master, List<String> candidates) {
        checkAddress(master);
        return new Group(id, master, List.copyOf(candidates));
    }

    private static void checkAddress(String address) {
        int colon = address.lastIndexOf(':');
        boolean fine = colon > 0 && address.substring(colon + 1).matches("\\d{1,5}");
        if (!fine || Integer.parseInt(address.substring(colon + 1)) > 65535) {
            throw invalid("\"" + address + "\" is not host:port");
        }
    }

    private static Group known(Map<Integer, Group> groups, int id) {
        Group group = groups.get(id);
        if (group == null) {
            throw invalid("group " + id + " is named but not described");
        }
        return group;
    }

    private static CodisException invalid(String why) {
        return new CodisException(Reason.INVALID_ARGUMENT, "route table: " + why);
    }

    /**
     * This routing with one slot as Codis 3.2 describes it. Moves need the login of a newer dashboard, so a slot that
     * migrates is refused.
     */
    public RouteMap with(SlotRouting slot, @Nullable Credentials login) {
        List<Entry> changed = new ArrayList<>(entries);
        SequencedMap<Integer, Group> all = new java.util.TreeMap<>(groups);
        String master = slot.backendAddr();
        int id = 0;
        if (master != null && !master.isEmpty()) {
            checkAddress(master);
            id = slot.backendAddrGroupId();
            all.put(id, new Group(id, master, List.of()));
        }
        String source = slot.migrateFrom();
        if (source != null && !source.isEmpty()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "slot " + slot.id() + " migrates from " + source
                            + ": the routes of Codis 3.2 carry no login for moving keys between stock servers");
        }
        changed.set(slot.id(), new Entry(id, 0, slot.locked()));
        return new RouteMap(null, login, List.copyOf(changed), new LinkedHashMap<>(all), moves);
    }

    /** The slots whose requests wait. */
    public BitSet locked() {
        BitSet locked = new BitSet(SlotHash.SLOTS);
        for (int slot = 0; slot < entries.size(); slot++) {
            if (entries.get(slot).locked()) {
                locked.set(slot);
            }
        }
        return locked;
    }

    /** Every slot has a master. */
    public boolean complete() {
        return entries.stream().allMatch(entry -> entry.group() != 0);
    }

    /** A slot as Codis 3.2 describes it. */
    public SlotRouting routing(int slot) {
        Entry entry = entries.get(slot);
        Group group = groups.get(entry.group());
        Group source = groups.get(entry.source());
        return new SlotRouting(
                slot,
                entry.locked(),
                group == null ? null : group.master(),
                entry.group(),
                source == null ? null : source.master(),
                entry.source(),
                0,
                null);
    }
}
