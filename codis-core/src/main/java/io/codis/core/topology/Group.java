package io.codis.core.topology;

import static io.codis.core.topology.Refusal.refuse;

import io.codis.core.failover.Electorate;
import io.codis.core.failover.Promotion;
import io.codis.core.problem.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A group of servers that hold the same slots.
 *
 * @param id 1 to 9999
 * @param members the master first
 * @param epoch under which the master has its role; 0 before the first
 * @param promotion the change of master under way
 * @param moveGeneration n of the login {@code mig-<id>-<n>} with which keys leave this group
 * @param outOfSync the flag of Codis 3.2: proxies may not know the latest replica flags
 * @param initialized a member has once been given the role of master, so data may exist
 * @param away slots whose last move out of this group has ended and that have not come back: whatever the group still holds
 *     of them is left over, such as after a power cut, and may be removed
 */
public record Group(
        int id,
        List<Member> members,
        long epoch,
        Promotion promotion,
        long moveGeneration,
        boolean outOfSync,
        boolean initialized,
        SortedSet<Integer> away) {

    /** The largest group id. */
    public static final int MAX_ID = 9999;

    public Group {
        members = List.copyOf(members);
        away = Collections.unmodifiableSortedSet(new TreeSet<>(away));
    }

    static Group created(int id, long version) {
        return new Group(id, List.of(), 0, Promotion.NONE, version, false, false, new TreeSet<>());
    }

    public Optional<Member> master() {
        return members.stream().findFirst();
    }

    public Optional<Member> member(String address) {
        return members.stream().filter(m -> m.address().equals(address)).findFirst();
    }

    /** The member, or a refusal in the words of Codis. */
    public Member required(String address) {
        return member(address)
                .orElseThrow(() -> refuse(Reason.NOT_FOUND, "group-[%d] doesn't have server-[%s]", id, address));
    }

    /** Place of the member in the list, -1 when it is not there. The master is at 0. */
    public int indexOf(String address) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).address().equals(address)) {
                return i;
            }
        }
        return -1;
    }

    /** Addresses of the replicas that may be promoted. */
    public List<String> candidates() {
        return replicas().stream()
                .filter(m -> m.candidacy() == Candidacy.CANDIDATE)
                .map(Member::address)
                .toList();
    }

    /** Addresses of the replicas whose acknowledgement counts. */
    public List<String> awaited() {
        return replicas().stream()
                .filter(m -> m.candidacy().awaited())
                .map(Member::address)
                .toList();
    }

    /** All members but the master. */
    public List<Member> replicas() {
        return members.isEmpty() ? List.of() : members.subList(1, members.size());
    }

    /** What the choice of a master needs to know of this group; it must have members. */
    public Electorate electorate(String clusterId) {
        var addresses = members.stream().map(Member::address).toList();
        return new Electorate(
                clusterId, id, addresses, Set.copyOf(candidates()), epoch, initialized, fenced(), witnesses());
    }

    /** Addresses of the members that a person has fenced. */
    public Set<String> fenced() {
        return addresses(Member::fenced);
    }

    private Set<String> witnesses() {
        return addresses(m -> m.candidacy() == Candidacy.WITNESS);
    }

    private Set<String> addresses(Predicate<Member> which) {
        return members.stream().filter(which).map(Member::address).collect(Collectors.toUnmodifiableSet());
    }

    Group withMembers(List<Member> next) {
        return new Group(id, next, epoch, promotion, moveGeneration, outOfSync, initialized, away);
    }

    Group withMember(String address, UnaryOperator<Member> change) {
        return withMembers(members.stream()
                .map(m -> m.address().equals(address) ? change.apply(m) : m)
                .toList());
    }

    Group withPromotion(Promotion next) {
        return new Group(id, members, epoch, next, moveGeneration, outOfSync, initialized, away);
    }

    Group withMoveGeneration(long next) {
        return new Group(id, members, epoch, promotion, next, outOfSync, initialized, away);
    }

    Group withOutOfSync(boolean next) {
        return new Group(id, members, epoch, promotion, moveGeneration, next, initialized, away);
    }

    /** These slots have left for good, or have come back. */
    Group withAway(Collection<Integer> slots, boolean gone) {
        var next = new TreeSet<>(away);
        if (gone) {
            next.addAll(slots);
        } else {
            next.removeAll(slots);
        }
        return new Group(id, members, epoch, promotion, moveGeneration, outOfSync, initialized, next);
    }

    /**
     * The chosen member first, the old master last. The old master is no candidate any more: it may hold writes that the new
     * one never had, and does not take part in acknowledging what follows. What a witness knew has been weighed.
     */
    Group promoted(String address, long newEpoch, Promotion next) {
        var order = new ArrayList<Member>();
        member(address).ifPresent(m -> order.add(m.withCandidacy(Candidacy.OUT)));
        replicas().stream().filter(m -> !m.address().equals(address)).forEach(order::add);
        master().filter(m -> !m.address().equals(address)).ifPresent(m -> order.add(m.withCandidacy(Candidacy.OUT)));
        var cleared = order.stream()
                .map(m -> m.withSync(SyncAction.NONE))
                .map(m -> m.candidacy() == Candidacy.WITNESS ? m.withCandidacy(Candidacy.OUT) : m)
                .toList();
        return new Group(id, cleared, newEpoch, next, moveGeneration, outOfSync, true, away);
    }
}
