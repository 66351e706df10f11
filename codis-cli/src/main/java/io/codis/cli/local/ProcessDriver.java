package io.codis.cli.local;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.core.plan.ClusterDriver;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Observed;
import io.codis.core.plan.Observed.Freshness;
import io.codis.core.plan.Part;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardSteps;
import io.codis.infra.dashboard.DashboardSteps.Patience;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.Standings;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.TreeMap;

/** Carries out steps with processes of this machine and calls of the dashboard. */
final class ProcessDriver implements ClusterDriver {

    private static final Duration STOP = Duration.ofSeconds(15);
    private static final Patience PATIENCE =
            new Patience(Duration.ofSeconds(60), Duration.ofMinutes(10), Duration.ofMinutes(2), STOP);

    private final DataDirectory data;
    private final ProcessSet processes;
    private final Programs programs;
    private final DashboardApi dashboard;
    private final DashboardSteps steps;
    private final CodisClusterSpec spec;

    ProcessDriver(ProcessSet processes, Programs programs, DashboardApi dashboard, CodisClusterSpec spec) {
        this.data = processes.data();
        this.processes = processes;
        this.programs = programs;
        this.dashboard = dashboard;
        this.steps = new DashboardSteps(dashboard, addresses(), PATIENCE);
        this.spec = spec;
    }

    @Override
    public Observed observe() {
        var standings =
                new Standings(dashboard.view(), member -> processes.layout().address(member));
        var parts = EnumSet.noneOf(Part.class);
        for (Part part : Part.values()) {
            if (processes.kept(part.toString())) {
                parts.add(part);
            }
        }
        var servers = new TreeMap<MemberId, Standings.Run>();
        processes.layout().servers().keySet().forEach(member -> servers.put(member, run(member)));
        return new Observed(
                standings.manager(Files.isDirectory(data.coordinator())),
                parts,
                // A port that is only reserved for a server is not the server.
                standings.groups(servers, member -> Files.exists(data.server(member.toString()))),
                proxies(standings.view()),
                standings.offlineSlots());
    }

    private Standings.Run run(MemberId member) {
        boolean behind = processes.behind(member.toString(), program(member));
        return new Standings.Run(
                processes.kept(member.toString()), true, behind ? Freshness.BEHIND : Freshness.CURRENT);
    }

    private Program program(MemberId member) {
        return programs.server(member, processes.layout().port(member), spec);
    }

    private TreeMap<Integer, Observed.Proxy> proxies(Optional<DashboardView> view) {
        var proxies = new TreeMap<Integer, Observed.Proxy>();
        for (int ordinal : processes.proxyOrdinals()) {
            boolean online = view.flatMap(known -> known.proxyAt(adminAddress(ordinal)))
                    .map(DashboardView.Proxy::online)
                    .orElse(false);
            proxies.put(ordinal, new Observed.Proxy(ordinal, processes.kept("proxy-" + ordinal), online));
        }
        return proxies;
    }

    private DashboardSteps.Addresses addresses() {
        return new DashboardSteps.Addresses() {
            @Override
            public String server(MemberId member) {
                return processes.layout().address(member);
            }

            @Override
            public String proxyAdmin(int ordinal) {
                return adminAddress(ordinal);
            }

            @Override
            public String name(String address) {
                return processes
                        .layout()
                        .memberAt(address)
                        .map(MemberId::toString)
                        .orElse(address);
            }

            @Override
            public String codis(String arguments) {
                return data.codis(arguments);
            }
        };
    }

    private String adminAddress(int ordinal) {
        return Layout.HOST + ":" + Layout.adminPort(spec, ordinal);
    }

    @Override
    public void apply(Step step) {
        switch (step) {
            case Step.StartPart(Part part) -> processes.start(part.toString(), programs.part(part, spec));
            case Step.StopPart(Part part) -> processes.stop(part.toString(), STOP);
            case Step.StartServer(MemberId member) -> startServer(member);
            case Step.RestartServer(MemberId member) -> restart(member);
            case Step.StartProxy(int ordinal) -> processes.start("proxy-" + ordinal, programs.proxy(ordinal, spec));
            case Step.DiscardServer(MemberId member) -> discard(member);
            case Step.RemoveProxy(int ordinal) -> removeProxy(ordinal);
            case Step.ForDashboard asked -> ask(asked);
        }
    }

    private void ask(Step.ForDashboard step) {
        try {
            steps.apply(step);
        } catch (CodisException e) {
            if (e.reason() == Reason.TIMED_OUT) {
                throw new CodisException(e.reason(), e.getMessage() + "; see " + data.codis("logs dashboard"), e);
            }
            throw e;
        }
    }

    private void startServer(MemberId member) {
        processes.start(member.toString(), program(member));
    }

    /** What the dashboard says may be of the time before, so it is asked for another run. */
    private void restart(MemberId member) {
        String before = server(member).map(DashboardView.Server::runId).orElse("");
        processes.restart(
                member.toString(),
                program(member),
                STOP,
                () -> server(member)
                        .map(DashboardView.Server::runId)
                        .filter(run -> !run.isEmpty() && !run.equals(before))
                        .isPresent());
    }

    private Optional<DashboardView.Server> server(MemberId member) {
        String address = processes.layout().address(member);
        return dashboard
                .view()
                .flatMap(view -> view.group(member.group()))
                .flatMap(group -> group.servers().stream()
                        .filter(server -> server.address().equals(address))
                        .findFirst());
    }

    /** Its data goes, its place stays. */
    void renew(MemberId member) {
        processes.stop(member.toString(), STOP);
        DataDirectory.delete(data.server(member.toString()));
        startServer(member);
    }

    private void discard(MemberId member) {
        processes.stop(member.toString(), STOP);
        DataDirectory.delete(data.server(member.toString()));
        processes.forget(member);
    }

    private void removeProxy(int ordinal) {
        Optional<DashboardView.Proxy> known = dashboard.view().flatMap(view -> view.proxyAt(adminAddress(ordinal)));
        processes.release("proxy-" + ordinal);
        known.ifPresent(proxy -> dashboard.removeProxy(proxy.token(), !proxy.online()));
        processes.stop("proxy-" + ordinal, STOP);
        processes.drop("proxy-" + ordinal);
    }
}
