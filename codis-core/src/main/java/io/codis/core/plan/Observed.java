package io.codis.core.plan;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cluster as it is.
 *
 * @param parts that run
 * @param groups by id: those that the dashboard has and those that have processes
 * @param proxies by ordinal, from 1
 * @param offlineSlots that no group owns or will own
 */
public record Observed(
        Manager manager,
        Set<Part> parts,
        SortedMap<Integer, Group> groups,
        SortedMap<Integer, Proxy> proxies,
        int offlineSlots) {

    public Observed {
        parts = Set.copyOf(parts);
        groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
        proxies = Collections.unmodifiableSortedMap(new TreeMap<>(proxies));
    }

    /** Before anything was started. */
    public static Observed nothing(int slots) {
        return new Observed(Manager.NEVER_RAN, Set.of(), new TreeMap<>(), new TreeMap<>(), slots);
    }

    /** What is known of the dashboard; while it is silent, so are groups, roles and slots. */
    public enum Manager {
        /** There is no cluster yet. */
        NEVER_RAN,
        SILENT,
        ANSWERING
    }

    /**
     * @param created the dashboard has it
     * @param settled slots that it owns and that do not move
     * @param incoming slots that move to it
     * @param outgoing slots that it owns and that move away
     * @param keys in its master, -1 if unknown
     */
    public record Group(
            int id, boolean created, List<Member> members, int settled, int incoming, int outgoing, long keys) {

        public Group {
            members = List.copyOf(members);
        }

        /** Slots that it will own when all moves have ended. */
        public int slotsToBe() {
            return settled + incoming;
        }

        public Optional<Member> member(MemberId id) {
            return members.stream().filter(member -> member.id().equals(id)).findFirst();
        }

        public Optional<Member> master() {
            return members.stream()
                    .filter(member -> member.standing() == Standing.MASTER)
                    .findFirst();
        }
    }

    /** @param running its process is there and is kept there */
    public record Member(MemberId id, boolean running, Standing standing, Freshness freshness) {

        public Member(MemberId id, boolean running, Standing standing) {
            this(id, running, standing, Freshness.CURRENT);
        }

        boolean behind() {
            return freshness != Freshness.CURRENT;
        }
    }

    /** Whether a server runs with what it would be started with now. */
    public enum Freshness {
        CURRENT,
        /** It has to be started anew, and others need it until its group can do without. */
        BEHIND,
        /** It has to be started anew, and nobody would miss anything: it does not serve, and its data stays. */
        BEHIND_AND_IDLE
    }

    /** What a server is in its group. */
    public enum Standing {
        /** The dashboard does not have it. */
        UNKNOWN,
        MASTER,
        IN_SYNC,
        CATCHING_UP,
        /** A person has fenced it: it is not waited for, and takes no role. */
        FENCED
    }

    /**
     * @param running its process is there and is kept there
     * @param online it has been admitted and serves
     */
    public record Proxy(int ordinal, boolean running, boolean online) {}

    boolean moving() {
        return groups.values().stream().anyMatch(group -> group.incoming() > 0 || group.outgoing() > 0);
    }
}
