package io.codis.cli.local;

import io.codis.core.plan.ClusterDriver;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Observed.Manager;
import io.codis.core.plan.Observed.Standing;
import io.codis.core.plan.Part;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.slot.SlotHash;
import io.codis.core.spec.CodisClusterSpec;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Carries out steps with processes of this machine and calls of the dashboard. */
final class ProcessDriver implements ClusterDriver {

    private static final Duration STOP = Duration.ofSeconds(15);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration SYNC = Duration.ofMinutes(10);
    /** Moves may take hours; what ends the wait is that nothing moves any more. */
    private static final Duration STALLED = Duration.ofMinutes(2);

    private static final Set<Reason> PASSING =
            EnumSet.of(Reason.UNAVAILABLE, Reason.NOT_READY, Reason.TIMED_OUT, Reason.BUSY);

    private final DataDirectory data;
    private final ProcessSet processes;
    private final Programs programs;
    private final DashboardApi dashboard;
    private final CodisClusterSpec spec;

    ProcessDriver(ProcessSet processes, Programs programs, DashboardApi dashboard, CodisClusterSpec spec) {
        this.data = processes.data();
        this.processes = processes;
        this.programs = programs;
        this.dashboard = dashboard;
        this.spec = spec;
    }

    @Override
    public Observed observe() {
        Optional<DashboardView> view = dashboard.view();
        Manager manager = view.isPresent()
                ? Manager.ANSWERING
                : Files.isDirectory(data.coordinator()) ? Manager.SILENT : Manager.NEVER_RAN;
        var parts = EnumSet.noneOf(Part.class);
        for (Part part : Part.values()) {
            if (processes.kept(part.toString())) {
                parts.add(part);
            }
        }
        return new Observed(
                manager,
                parts,
                groups(view),
                proxies(view),
                view.map(ProcessDriver::offline).orElse(SlotHash.SLOTS));
    }

    private static int offline(DashboardView view) {
        return (int) IntStream.range(0, view.owners().length)
                .filter(slot -> view.owners()[slot] == 0 && view.targets()[slot] == 0)
                .count();
    }

    private TreeMap<Integer, Observed.Group> groups(Optional<DashboardView> view) {
        Layout layout = processes.layout();
        var ids = new TreeSet<Integer>();
        layout.servers().keySet().forEach(member -> ids.add(member.group()));
        view.ifPresent(known -> known.groups().forEach(group -> ids.add(group.id())));
        var groups = new TreeMap<Integer, Observed.Group>();
        for (int id : ids) {
            Optional<DashboardView.Group> known = view.flatMap(all -> all.group(id));
            List<Observed.Member> members = layout.servers().keySet().stream()
                    .filter(member -> member.group() == id)
                    .map(member -> new Observed.Member(
                            member, processes.kept(member.toString()), standing(known, layout.address(member))))
                    // A port that is only reserved for a server is not the server.
                    .filter(member -> member.running()
                            || member.standing() != Standing.UNKNOWN
                            || Files.exists(data.server(member.id().toString())))
                    .toList();
            if (known.isPresent() || !members.isEmpty()) {
                groups.put(id, group(id, known, members, view));
            }
        }
        return groups;
    }

    private static Observed.Group group(
            int id, Optional<DashboardView.Group> known, List<Observed.Member> members, Optional<DashboardView> view) {
        int[] owners = view.map(DashboardView::owners).orElse(new int[0]);
        int[] targets = view.map(DashboardView::targets).orElse(new int[0]);
        int settled = 0;
        int incoming = 0;
        int outgoing = 0;
        for (int slot = 0; slot < owners.length; slot++) {
            settled += owners[slot] == id && targets[slot] == 0 ? 1 : 0;
            outgoing += owners[slot] == id && targets[slot] != 0 ? 1 : 0;
            incoming += targets[slot] == id ? 1 : 0;
        }
        long keys = known.flatMap(DashboardView.Group::master)
                .map(DashboardView.Server::keys)
                .orElse(-1L);
        return new Observed.Group(id, known.isPresent(), members, settled, incoming, outgoing, keys);
    }

    private static Standing standing(Optional<DashboardView.Group> group, String address) {
        List<DashboardView.Server> servers =
                group.map(DashboardView.Group::servers).orElse(List.of());
        for (DashboardView.Server server : servers) {
            if (server.address().equals(address)) {
                if (server.address().equals(servers.getFirst().address())) {
                    return server.serves() ? Standing.MASTER : Standing.CATCHING_UP;
                }
                return server.inSyncWith(servers.getFirst().address()) ? Standing.IN_SYNC : Standing.CATCHING_UP;
            }
        }
        return Standing.UNKNOWN;
    }

    private TreeMap<Integer, Observed.Proxy> proxies(Optional<DashboardView> view) {
        var proxies = new TreeMap<Integer, Observed.Proxy>();
        for (int ordinal : processes.proxyOrdinals()) {
            boolean online = view.flatMap(known -> proxy(known, ordinal))
                    .map(DashboardView.Proxy::online)
                    .orElse(false);
            proxies.put(ordinal, new Observed.Proxy(ordinal, processes.kept("proxy-" + ordinal), online));
        }
        return proxies;
    }

    private Optional<DashboardView.Proxy> proxy(DashboardView view, int ordinal) {
        String address = Layout.HOST + ":" + Layout.adminPort(spec, ordinal);
        return view.proxies().stream()
                .filter(proxy -> proxy.adminAddress().equals(address))
                .findFirst();
    }

    @Override
    public void apply(Step step) {
        switch (step) {
            case Step.StartPart(Part part) -> processes.start(part.toString(), programs.part(part, spec));
            case Step.StopPart(Part part) -> processes.stop(part.toString(), STOP);
            case Step.StartServer(MemberId member) -> startServer(member);
            case Step.StartProxy(int ordinal) -> processes.start("proxy-" + ordinal, programs.proxy(ordinal, spec));
            case Step.AwaitDashboard() -> await("the dashboard leads", START, view -> view);
            case Step.CreateGroup(int group) -> dashboard.createGroup(group);
            case Step.AddServer(MemberId member) -> addServer(member);
            case Step.AwaitInSync(int group) -> awaitInSync(group);
            case Step.AwaitProxy(int ordinal) -> awaitProxy(ordinal);
            case Step.Rebalance() -> dashboard.rebalance(true);
            case Step.AwaitMoves() -> awaitMoves();
            case Step.DrainGroup(int group, var targets) ->
                targets.forEach((target, count) -> dashboard.moveSome(group, target, count));
            case Step.VerifyEmpty(int group) -> verifyEmpty(group);
            case Step.SwitchOver(MemberId to) -> switchOver(to);
            case Step.RemoveServer(MemberId member) ->
                dashboard.removeServer(member.group(), processes.layout().address(member));
            case Step.RemoveGroup(int group) -> dashboard.removeGroup(group);
            case Step.DiscardServer(MemberId member) -> discard(member);
            case Step.RemoveProxy(int ordinal) -> removeProxy(ordinal);
        }
    }

    private void startServer(MemberId member) {
        int port = processes.layout().port(member);
        processes.start(member.toString(), programs.server(member, port, spec));
    }

    /** The launcher may still be starting, or the group get its master; the dashboard then refuses for a while. */
    private void addServer(MemberId member) {
        String address = processes.layout().address(member);
        Deadline deadline = Deadline.in(START);
        while (true) {
            try {
                dashboard.addServer(member.group(), address);
                return;
            } catch (CodisException e) {
                if (!PASSING.contains(e.reason()) || !deadline.pause()) {
                    throw e;
                }
            }
        }
    }

    private void awaitInSync(int id) {
        await(
                "all of group " + id + " are in sync",
                SYNC,
                view -> view.filter(known -> {
                    Optional<DashboardView.Group> group = known.group(id);
                    Optional<DashboardView.Server> master = group.flatMap(DashboardView.Group::master);
                    return master.filter(DashboardView.Server::serves).isPresent()
                            && group.orElseThrow().servers().stream()
                                    .skip(1)
                                    .allMatch(server ->
                                            server.inSyncWith(master.get().address()));
                }));
    }

    private void awaitProxy(int ordinal) {
        await(
                "proxy-" + ordinal + " serves",
                START,
                view -> view.flatMap(known -> proxy(known, ordinal)).filter(DashboardView.Proxy::online));
    }

    private void awaitMoves() {
        Deadline deadline = Deadline.in(STALLED);
        int left = Integer.MAX_VALUE;
        String progress = "";
        while (true) {
            Optional<DashboardView> view = dashboard.view();
            if (view.isPresent()) {
                int moving = view.get().moving();
                if (moving == 0) {
                    return;
                }
                if (moving < left || !view.get().progress().equals(progress)) {
                    deadline = Deadline.in(STALLED);
                }
                left = moving;
                progress = view.get().progress();
            }
            if (!deadline.pause()) {
                throw new CodisException(
                        Reason.TIMED_OUT,
                        left + " slots still move and nothing changed for " + STALLED.toSeconds() + " s: " + progress);
            }
        }
    }

    private void verifyEmpty(int id) {
        DashboardView view = dashboard
                .view()
                .orElseThrow(() -> new CodisException(Reason.UNAVAILABLE, "the dashboard does not answer"));
        long slots = view.owned(id)
                + Arrays.stream(view.targets()).filter(target -> target == id).count();
        if (slots > 0) {
            throw new CodisException(Reason.BUSY, "group " + id + " still owns " + slots + " slots");
        }
        // Stats are up to a second old: the last keys are removed with the last slot.
        await(
                "group " + id + " holds no key",
                STOP,
                answer -> answer.flatMap(known -> known.group(id))
                        .filter(group ->
                                group.master().map(DashboardView.Server::keys).orElse(0L) == 0));
    }

    private void switchOver(MemberId to) {
        String address = processes.layout().address(to);
        dashboard.promote(to.group(), address);
        await(
                to + " is the master",
                START,
                view -> view.flatMap(known -> known.group(to.group()))
                        .filter(group -> !group.promoting())
                        .flatMap(DashboardView.Group::master)
                        .filter(master -> master.address().equals(address) && master.serves()));
    }

    private void discard(MemberId member) {
        processes.stop(member.toString(), STOP);
        DataDirectory.delete(data.server(member.toString()));
        processes.forget(member);
    }

    private void removeProxy(int ordinal) {
        Optional<DashboardView.Proxy> known = dashboard.view().flatMap(view -> proxy(view, ordinal));
        processes.release("proxy-" + ordinal);
        known.ifPresent(proxy -> dashboard.removeProxy(proxy.token(), !proxy.online()));
        processes.stop("proxy-" + ordinal, STOP);
        processes.drop("proxy-" + ordinal);
    }

    /** Polls the dashboard until {@code condition} gives something. */
    private <T> T await(String what, Duration limit, Function<Optional<DashboardView>, Optional<T>> condition) {
        Deadline deadline = Deadline.in(limit);
        while (true) {
            Optional<T> result = condition.apply(dashboard.view());
            if (result.isPresent()) {
                return result.get();
            }
            if (!deadline.pause()) {
                throw new CodisException(
                        Reason.TIMED_OUT,
                        "waited " + limit.toSeconds() + " s until " + what + "; see codis logs dashboard");
            }
        }
    }
}
