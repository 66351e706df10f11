package io.codis.core.plan;

import io.codis.core.plan.Observed.Group;
import io.codis.core.plan.Observed.Manager;
import io.codis.core.plan.Observed.Member;
import io.codis.core.plan.Observed.Proxy;
import io.codis.core.plan.Observed.Standing;
import io.codis.core.spec.CodisClusterSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Plans the way from an observed cluster to the wanted one.
 *
 * <p>The order makes every prefix safe: what is new is complete and in sync before slots move; a group is removed only
 * when it is proven empty; a master leaves its group only after a switchover; what clients use is removed last.
 */
public final class ClusterPlanner {

    /** Nothing is to be waited for with these. */
    private static final Set<Standing> SETTLED = EnumSet.of(Standing.MASTER, Standing.IN_SYNC, Standing.FENCED);

    private final CodisClusterSpec spec;
    private final Observed observed;
    private final List<Step> steps = new ArrayList<>();

    /** Slots that each wanted group will have, as far as planned. */
    private final TreeMap<Integer, Integer> sizes = new TreeMap<>();

    private ClusterPlanner(CodisClusterSpec spec, Observed observed) {
        this.spec = spec;
        this.observed = observed;
        for (int id = 1; id <= spec.redis().groups(); id++) {
            sizes.put(id, group(id).map(Group::slotsToBe).orElse(0));
        }
    }

    /** What to do; empty if the cluster is as wanted. Behind a silent dashboard nothing but processes is planned. */
    public static Plan plan(CodisClusterSpec spec, Observed observed) {
        return new ClusterPlanner(spec, observed).plan();
    }

    private Plan plan() {
        startProcesses();
        if (observed.manager() != Manager.ANSWERING) {
            steps.add(new Step.AwaitDashboard());
        }
        // It has nothing to look at before a dashboard leads, and its start would only slow down theirs.
        startPart(Part.HA, spec.ha().replicas() > 0);
        if (observed.manager() != Manager.SILENT) {
            formGroups();
            awaitProxies();
            drainGroups();
            removeGroups();
            spreadSlots();
            shrinkGroups();
            removeProxies();
            stopParts();
            rollServers();
        }
        return new Plan(steps);
    }

    private void startProcesses() {
        startPart(Part.DASHBOARD, true);
        for (int group = 1; group <= spec.redis().groups(); group++) {
            for (MemberId member : wantedMembers(group)) {
                if (observedMember(member).filter(Member::running).isEmpty()) {
                    steps.add(new Step.StartServer(member));
                }
            }
        }
        // Members that are to leave are needed until then: one of them may be a master, or have the newest data.
        observed.groups().values().stream()
                .flatMap(group -> group.members().stream())
                .filter(member -> !wanted(member.id()) && !member.running() && member.standing() != Standing.UNKNOWN)
                .forEach(member -> steps.add(new Step.StartServer(member.id())));
        for (int proxy = 1; proxy <= spec.proxy().replicas(); proxy++) {
            if (proxy(proxy).filter(Proxy::running).isEmpty()) {
                steps.add(new Step.StartProxy(proxy));
            }
        }
        startPart(Part.FE, spec.fe().replicas() > 0);
        steps.addAll(ServerRoll.idle(observed));
    }

    private void startPart(Part part, boolean wanted) {
        if (wanted && !observed.parts().contains(part)) {
            steps.add(new Step.StartPart(part));
        }
    }

    /** All groups at once: each needs a moment for its master, and its replicas another one to be in sync. */
    private void formGroups() {
        List<Integer> wanted =
                IntStream.rangeClosed(1, spec.redis().groups()).boxed().toList();
        wanted.stream()
                .filter(id -> group(id).filter(Group::created).isEmpty())
                .forEach(id -> steps.add(new Step.CreateGroup(id)));
        wanted.stream()
                .flatMap(id -> wantedMembers(id).stream())
                .filter(member -> standing(member) == Standing.UNKNOWN)
                .sorted(Comparator.comparingInt(MemberId::ordinal))
                .forEach(member -> steps.add(new Step.AddServer(member)));
        wanted.forEach(id -> group(id).flatMap(ServerRoll::broken).ifPresent(steps::add));
        wanted.stream().filter(this::waitsForSurplus).forEach(this::shrink);
        wanted.stream().filter(id -> !complete(id)).forEach(id -> steps.add(new Step.AwaitInSync(id)));
    }

    /** Who has to go anyway, and cannot get in sync, is not waited for. */
    private boolean waitsForSurplus(int id) {
        return !complete(id)
                && wantedMembers(id).stream().allMatch(member -> SETTLED.contains(standing(member)))
                && wantedMembers(id).stream().anyMatch(member -> standing(member) == Standing.MASTER);
    }

    private boolean complete(int id) {
        return group(id).filter(ClusterPlanner::settled).isPresent()
                && wantedMembers(id).stream().noneMatch(member -> standing(member) == Standing.UNKNOWN);
    }

    /** All members that the dashboard has are master or in sync. */
    private static boolean settled(Group group) {
        return group.master().isPresent()
                && group.members().stream().noneMatch(member -> member.standing() == Standing.CATCHING_UP);
    }

    private void awaitProxies() {
        for (int ordinal = 1; ordinal <= spec.proxy().replicas(); ordinal++) {
            if (proxy(ordinal).filter(Proxy::online).isEmpty()) {
                steps.add(new Step.AwaitProxy(ordinal));
            }
        }
    }

    private void drainGroups() {
        // Slots move only between complete groups: their acknowledgements need the candidates.
        surplusGroups().stream()
                .filter(group -> group.slotsToBe() + group.outgoing() > 0 && !settled(group))
                .forEach(group -> steps.add(new Step.AwaitInSync(group.id())));
        if (observed.moving()) {
            steps.add(new Step.AwaitMoves());
        }
        int slots = surplusGroups().stream().mapToInt(Group::slotsToBe).sum();
        if (slots > 0) {
            // also those that own none: they must not get any
            var leaving = new TreeSet<Integer>();
            surplusGroups().stream().filter(Group::created).forEach(group -> leaving.add(group.id()));
            steps.add(new Step.Drain(leaving, slots));
            steps.add(new Step.AwaitMoves());
            spread(slots);
        }
    }

    /** After the removals, because a rebalance gives slots to every group that has servers. */
    private void spreadSlots() {
        if (observed.offlineSlots() > 0 || sizes.containsValue(0)) {
            steps.add(new Step.Rebalance());
            steps.add(new Step.AwaitMoves());
        }
    }

    /** Each slot goes to the group that has fewest by then. */
    private void spread(int slots) {
        for (int slot = 0; slot < slots; slot++) {
            int smallest = sizes.entrySet().stream()
                    .min(Comparator.<Map.Entry<Integer, Integer>>comparingInt(Map.Entry::getValue)
                            .thenComparingInt(Map.Entry::getKey))
                    .orElseThrow()
                    .getKey();
            sizes.merge(smallest, 1, Integer::sum);
        }
    }

    private void shrinkGroups() {
        IntStream.rangeClosed(1, spec.redis().groups())
                .filter(id -> !waitsForSurplus(id))
                .forEach(this::shrink);
    }

    private void shrink(int id) {
        // the last first: that is the order in which a StatefulSet can give its pods up
        List<Member> surplus = group(id).map(Group::members).orElse(List.of()).stream()
                .filter(member -> !wanted(member.id()))
                .sorted(Comparator.comparing(Member::id).reversed())
                .toList();
        if (surplus.stream().anyMatch(member -> member.standing() == Standing.MASTER)) {
            steps.add(new Step.SwitchOver(successor(id)));
        }
        for (Member member : surplus) {
            if (member.standing() != Standing.UNKNOWN) {
                steps.add(new Step.RemoveServer(member.id()));
            }
            steps.add(new Step.DiscardServer(member.id()));
        }
    }

    /** Last of all, and alone: it goes by roles as they are now. */
    private void rollServers() {
        if (steps.isEmpty()) {
            observed.groups().values().forEach(group -> steps.addAll(ServerRoll.through(group)));
        }
    }

    /** Who takes over from a master that has to go: the first that is in sync now, else the first, in sync by then. */
    private MemberId successor(int group) {
        List<MemberId> wanted = wantedMembers(group);
        return wanted.stream()
                .filter(member -> standing(member) == Standing.IN_SYNC)
                .findFirst()
                .or(() -> wanted.stream()
                        .filter(member -> standing(member) != Standing.FENCED)
                        .findFirst())
                .orElse(wanted.getFirst());
    }

    private void removeGroups() {
        for (Group group : surplusGroups()) {
            if (group.created()) {
                steps.add(new Step.VerifyEmpty(group.id()));
                group.members().stream()
                        .filter(member -> member.standing() != Standing.UNKNOWN)
                        .sorted(Comparator.comparing(member -> member.standing() == Standing.MASTER))
                        .forEach(member -> steps.add(new Step.RemoveServer(member.id())));
                steps.add(new Step.RemoveGroup(group.id()));
            }
            group.members().forEach(member -> steps.add(new Step.DiscardServer(member.id())));
        }
    }

    private void removeProxies() {
        observed.proxies().keySet().stream()
                .filter(ordinal -> ordinal > spec.proxy().replicas())
                .forEach(ordinal -> steps.add(new Step.RemoveProxy(ordinal)));
    }

    private void stopParts() {
        if (spec.fe().replicas() == 0 && observed.parts().contains(Part.FE)) {
            steps.add(new Step.StopPart(Part.FE));
        }
        if (spec.ha().replicas() == 0 && observed.parts().contains(Part.HA)) {
            steps.add(new Step.StopPart(Part.HA));
        }
    }

    private List<Group> surplusGroups() {
        return observed.groups().values().stream()
                .filter(group -> group.id() > spec.redis().groups())
                .toList();
    }

    private boolean wanted(MemberId member) {
        return member.group() <= spec.redis().groups() && member.ordinal() <= perGroup(member.group());
    }

    private int perGroup(int group) {
        int wanted = spec.redis().perGroup();
        return wanted == 1 && ServerRoll.needsSecond(group(group), new MemberId(group, 1)) ? 2 : wanted;
    }

    private List<MemberId> wantedMembers(int group) {
        return IntStream.rangeClosed(1, perGroup(group))
                .mapToObj(ordinal -> new MemberId(group, ordinal))
                .toList();
    }

    private Optional<Group> group(int id) {
        return Optional.ofNullable(observed.groups().get(id));
    }

    private Optional<Proxy> proxy(int ordinal) {
        return Optional.ofNullable(observed.proxies().get(ordinal));
    }

    private Optional<Member> observedMember(MemberId id) {
        return group(id.group()).flatMap(group -> group.member(id));
    }

    private Standing standing(MemberId id) {
        return observedMember(id).map(Member::standing).orElse(Standing.UNKNOWN);
    }
}
