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
 */
public record Electorate(
        String clusterId, int group, List<String> members, Set<String> candidates, long epoch, boolean initialized) {

    public Electorate {
        members = List.copyOf(members);
        candidates = Set.copyOf(candidates);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a group without members has no master");
        }
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
