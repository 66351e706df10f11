package io.codis.core.failover;

import java.util.List;
import java.util.Set;

/**
 * What is stored of a group, as far as the choice of its master needs it.
 *
 * @param members addresses, the master first; not empty
 * @param candidates the replicas among them that have every acknowledged write
 * @param epoch under which the master was given its role
 * @param initialized a master was given its role once
 * @param fenced members that a person has fenced: they promise, and are not promoted
 * @param witnesses members that had every acknowledged write when they were fenced, and are no candidates since
 */
public record Electorate(
        String clusterId,
        int group,
        List<String> members,
        Set<String> candidates,
        long epoch,
        boolean initialized,
        Set<String> fenced,
        Set<String> witnesses) {

    public Electorate {
        members = List.copyOf(members);
        candidates = Set.copyOf(candidates);
        fenced = Set.copyOf(fenced);
        witnesses = Set.copyOf(witnesses);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a group without members has no master");
        }
    }

    /** Nobody has fenced anything. */
    public Electorate(
            String clusterId,
            int group,
            List<String> members,
            Set<String> candidates,
            long epoch,
            boolean initialized) {
        this(clusterId, group, members, candidates, epoch, initialized, Set.of(), Set.of());
    }

    public String master() {
        return members.getFirst();
    }

    /** Who may be promoted without a person's word: the master itself and the candidates. */
    public List<String> eligible() {
        return members.stream()
                .filter(m -> m.equals(master()) || candidates.contains(m))
                .toList();
    }

    /** So many members are enough to confirm a master's role. */
    public int majority() {
        return members.size() / 2 + 1;
    }
}
