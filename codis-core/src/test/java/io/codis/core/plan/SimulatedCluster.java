package io.codis.core.plan;

import io.codis.core.plan.Observed.Freshness;
import io.codis.core.plan.Observed.Group;
import io.codis.core.plan.Observed.Manager;
import io.codis.core.plan.Observed.Member;
import io.codis.core.plan.Observed.Proxy;
import io.codis.core.plan.Observed.Standing;
import io.codis.core.slot.SlotHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A cluster in memory that refuses what a real one must refuse, with an {@link AssertionError}. */
final class SimulatedCluster implements ClusterDriver {

    private boolean created;
    private boolean silent;
    private final Set<Part> parts = EnumSet.noneOf(Part.class);
    private final Set<MemberId> processes = new TreeSet<>();
    private final Set<Integer> proxyProcesses = new TreeSet<>();
    private final Set<Integer> online = new TreeSet<>();
    /** Members of each group, the master first. */
    private final TreeMap<Integer, List<MemberId>> groups = new TreeMap<>();

    private final Set<MemberId> behind = new TreeSet<>();
    /** Servers that run with something else than is wanted now. */
    private final Set<MemberId> outdated = new TreeSet<>();

    private final int[] owner = new int[SlotHash.SLOTS];
    private final int[] target = new int[SlotHash.SLOTS];

    /** The dashboard restarts: what it has stored stays, but nobody hears of it. */
    void silence() {
        silent = created;
        parts.remove(Part.DASHBOARD);
    }

    /** What servers are started with changes. */
    void change() {
        outdated.addAll(processes);
    }

    /** A replica that does not get in sync as it runs now. */
    void breakDown(MemberId replica) {
        behind.add(replica);
    }

    Set<MemberId> outdated() {
        return outdated;
    }

    private final Set<MemberId> fenced = new TreeSet<>();

    void kill(MemberId member) {
        processes.remove(member);
        outdated.remove(member);
        if (members().contains(member) && !groups.get(member.group()).getFirst().equals(member)) {
            behind.add(member);
        }
    }

    /** By a person; it is waited for no more. */
    void fence(MemberId member) {
        fenced.add(member);
    }

    void failOver(int group) {
        List<MemberId> members = groups.get(group);
        members.stream()
                .skip(1)
                .filter(member -> !behind.contains(member))
                .findFirst()
                .ifPresent(heir -> {
                    MemberId old = members.getFirst();
                    members.remove(heir);
                    members.addFirst(heir);
                    behind.add(old);
                });
    }

    Set<MemberId> processes() {
        return processes;
    }

    private List<MemberId> members() {
        return groups.values().stream().flatMap(Collection::stream).toList();
    }

    @Override
    public Observed observe() {
        Manager manager = !created ? Manager.NEVER_RAN : silent ? Manager.SILENT : Manager.ANSWERING;
        boolean heard = manager == Manager.ANSWERING;
        var ids = new TreeSet<Integer>();
        processes.forEach(member -> ids.add(member.group()));
        if (heard) {
            ids.addAll(groups.keySet());
        }
        var observedGroups = new TreeMap<Integer, Group>();
        ids.forEach(id -> observedGroups.put(id, group(id, heard)));
        var proxies = new TreeMap<Integer, Proxy>();
        proxyProcesses.forEach(proxy -> proxies.put(proxy, new Proxy(proxy, true, heard && online.contains(proxy))));
        int offline = heard ? count(slot -> owner[slot] == 0 && target[slot] == 0) : SlotHash.SLOTS;
        return new Observed(manager, parts, observedGroups, proxies, offline);
    }

    private Group group(int id, boolean heard) {
        var ids = new TreeSet<MemberId>();
        processes.stream().filter(member -> member.group() == id).forEach(ids::add);
        List<MemberId> stored = heard ? groups.getOrDefault(id, List.of()) : List.of();
        ids.addAll(stored);
        List<Member> members = ids.stream()
                .map(member -> new Member(
                        member,
                        processes.contains(member),
                        standing(stored, member),
                        outdated.contains(member) ? Freshness.BEHIND : Freshness.CURRENT))
                .toList();
        return new Group(
                id,
                heard && groups.containsKey(id),
                members,
                heard ? count(slot -> owner[slot] == id && target[slot] == 0) : 0,
                heard ? count(slot -> target[slot] == id) : 0,
                heard ? count(slot -> owner[slot] == id && target[slot] != 0) : 0,
                -1);
    }

    private Standing standing(List<MemberId> stored, MemberId member) {
        if (!stored.contains(member)) {
            return Standing.UNKNOWN;
        }
        if (fenced.contains(member)) {
            return Standing.FENCED;
        }
        if (stored.getFirst().equals(member)) {
            return Standing.MASTER;
        }
        return behind.contains(member) ? Standing.CATCHING_UP : Standing.IN_SYNC;
    }

    @Override
    public void apply(Step step) {
        if (!(step instanceof Step.StartPart
                || step instanceof Step.StopPart
                || step instanceof Step.StartServer
                || step instanceof Step.StartProxy
                || step instanceof Step.AwaitDashboard)) {
            require(created && !silent, "the dashboard is asked while it is silent: " + step.text());
        }
        switch (step) {
            case Step.StartPart(Part part) -> parts.add(part);
            case Step.StopPart(Part part) -> parts.remove(part);
            case Step.StartServer(MemberId member) -> processes.add(member);
            case Step.StartProxy(int proxy) -> proxyProcesses.add(proxy);
            case Step.AwaitDashboard() -> {
                require(parts.contains(Part.DASHBOARD), "no dashboard to wait for");
                created = true;
                silent = false;
            }
            case Step.CreateGroup(int group) -> groups.putIfAbsent(group, new ArrayList<>());
            case Step.AddServer(MemberId member) -> add(member);
            case Step.AwaitInSync(int group) -> awaitInSync(group);
            case Step.AwaitProxy(int proxy) -> {
                require(proxyProcesses.contains(proxy), "no proxy to wait for");
                online.add(proxy);
            }
            case Step.Rebalance() -> rebalance();
            case Step.AwaitMoves() -> endMoves();
            case Step.Drain(var leaving, int slots) -> drain(leaving, slots);
            case Step.VerifyEmpty(int group) -> requireEmpty(group);
            case Step.SwitchOver(MemberId to) -> switchOver(to);
            case Step.RemoveServer(MemberId member) -> remove(member);
            case Step.RemoveGroup(int group) -> {
                requireEmpty(group);
                require(groups.get(group).isEmpty(), "a group with members is removed");
                groups.remove(group);
            }
            case Step.DiscardServer(MemberId member) -> {
                require(!members().contains(member), "the data of a member is removed: " + member);
                processes.remove(member);
                outdated.remove(member);
            }
            case Step.RestartServer(MemberId member) -> restart(member);
            case Step.RemoveProxy(int proxy) -> {
                proxyProcesses.remove(proxy);
                online.remove(proxy);
                require(!online.isEmpty(), "the last proxy is removed");
            }
        }
    }

    private void restart(MemberId member) {
        require(processes.contains(member), "a server is restarted that does not run");
        List<MemberId> members = groups.get(member.group());
        require(!members.getFirst().equals(member), "a master is restarted: " + member);
        require(
                behind.contains(member) || members.stream().noneMatch(behind::contains),
                "a member in sync is restarted while another is not in sync: " + member);
        outdated.remove(member);
        behind.add(member);
    }

    private void add(MemberId member) {
        require(processes.contains(member), "a server is added that does not run");
        List<MemberId> members = groups.get(member.group());
        if (!members.isEmpty()) {
            behind.add(member);
        }
        members.add(member);
    }

    private void awaitInSync(int group) {
        require(processes.containsAll(groups.get(group)), "a server is awaited that does not run");
        groups.get(group).forEach(behind::remove);
    }

    private void rebalance() {
        List<Integer> ids = groups.entrySet().stream()
                .filter(group -> !group.getValue().isEmpty())
                .map(java.util.Map.Entry::getKey)
                .toList();
        for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
            int to = ids.get(slot % ids.size());
            target[slot] = owner[slot] == to ? 0 : to;
        }
    }

    /** As the dashboard does: evenly to all groups that have servers and do not leave. */
    private void drain(Set<Integer> leaving, int slots) {
        List<Integer> staying = groups.entrySet().stream()
                .filter(group ->
                        !leaving.contains(group.getKey()) && !group.getValue().isEmpty())
                .map(java.util.Map.Entry::getKey)
                .toList();
        require(!staying.isEmpty(), "no such target");
        int drained = 0;
        for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
            if (leaving.contains(owner[slot]) && target[slot] == 0) {
                target[slot] = staying.stream()
                        .min(Comparator.comparingInt(this::slotsToBe))
                        .orElseThrow();
                drained++;
            }
        }
        require(drained == slots, "other slots are drained than was said: " + drained + " of " + slots);
    }

    private int slotsToBe(int group) {
        return (int) IntStream.range(0, SlotHash.SLOTS)
                .filter(slot -> (target[slot] == 0 ? owner[slot] : target[slot]) == group)
                .count();
    }

    private void endMoves() {
        for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
            if (target[slot] != 0) {
                require(inSync(target[slot]), "a slot moves to a group that is not complete");
                owner[slot] = target[slot];
                target[slot] = 0;
            }
        }
    }

    private boolean inSync(int group) {
        List<MemberId> members = groups.getOrDefault(group, List.of());
        return !members.isEmpty() && members.stream().noneMatch(behind::contains);
    }

    private void switchOver(MemberId to) {
        List<MemberId> members = groups.get(to.group());
        require(members.contains(to) && !behind.contains(to), "a switchover to a member that is not in sync");
        members.remove(to);
        members.addFirst(to);
    }

    private void remove(MemberId member) {
        List<MemberId> members = groups.get(member.group());
        if (members.getFirst().equals(member)) {
            require(members.size() == 1, "a master with replicas is removed: " + member);
            requireEmpty(member.group());
        }
        members.remove(member);
        behind.remove(member);
    }

    private void requireEmpty(int group) {
        require(count(slot -> owner[slot] == group || target[slot] == group) == 0, "group " + group + " is not empty");
    }

    private static int count(java.util.function.IntPredicate slots) {
        return (int) java.util.stream.IntStream.range(0, SlotHash.SLOTS)
                .filter(slots)
                .count();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    int[] sizes() {
        return groups.keySet().stream()
                .mapToInt(group -> count(slot -> owner[slot] == group))
                .toArray();
    }

    @Override
    public String toString() {
        return "groups " + groups + " sizes " + Arrays.toString(sizes()) + " behind " + behind + " running "
                + processes;
    }
}
