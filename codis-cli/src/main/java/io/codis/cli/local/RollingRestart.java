package io.codis.cli.local;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.core.plan.MemberId;
import io.codis.core.plan.Step;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Brings what processes read only when they start to those that run: one after the other, and a master only when another
 * member has taken its role. No group is ever without a master, and nobody but a proxy's clients is cut off.
 *
 * <p>Which processes are behind is seen from the processes themselves, so a run that was interrupted is simply begun again.
 */
final class RollingRestart {

    private static final Duration STOP = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ProcessSet processes;
    private final Programs programs;
    private final DashboardApi dashboard;
    private final ProcessDriver driver;
    private final CodisClusterSpec spec;
    private final Consumer<String> onStep;

    /** @param onStep told of each step before it is done; may throw to end the run there, which is always safe */
    RollingRestart(
            ProcessSet processes,
            Programs programs,
            DashboardApi dashboard,
            CodisClusterSpec spec,
            Consumer<String> onStep) {
        this.processes = processes;
        this.programs = programs;
        this.dashboard = dashboard;
        this.driver = new ProcessDriver(processes, programs, dashboard, spec);
        this.spec = spec;
        this.onStep = onStep;
    }

    /** The cluster is complete and as planned otherwise. */
    void run() {
        for (int ordinal = 1; ordinal <= spec.proxy().replicas(); ordinal++) {
            Program wanted = programs.proxy(ordinal, spec);
            if (processes.behind("proxy-" + ordinal, wanted)) {
                restart(ordinal, wanted);
            }
        }
        for (int group = 1; group <= spec.redis().groups(); group++) {
            replicas(group);
            formerMaster(group);
        }
    }

    private void restart(int ordinal, Program wanted) {
        onStep.accept("restart proxy-" + ordinal);
        String before = proxy(ordinal).map(DashboardView.Proxy::startTime).orElse("");
        processes.restart("proxy-" + ordinal, wanted, STOP);
        await(
                "proxy-" + ordinal,
                () -> proxy(ordinal)
                        .filter(proxy -> proxy.online() && !proxy.startTime().equals(before))
                        .isPresent());
    }

    private Optional<DashboardView.Proxy> proxy(int ordinal) {
        String address = Layout.HOST + ":" + Layout.adminPort(spec, ordinal);
        return dashboard.view().stream()
                .flatMap(view -> view.proxies().stream())
                .filter(proxy -> proxy.adminAddress().equals(address))
                .findFirst();
    }

    private void replicas(int group) {
        for (MemberId member : behind(group)) {
            if (!member.equals(master(group))) {
                restart(member);
            }
        }
    }

    private void formerMaster(int group) {
        for (MemberId member : behind(group)) {
            onStep.accept("make another member the master of group " + group);
            driver.apply(new Step.SwitchOver(heir(group, member)));
            restart(member);
        }
    }

    private List<MemberId> behind(int group) {
        return processes.layout().servers().keySet().stream()
                .filter(member -> member.group() == group)
                .filter(member -> processes.behind(member.toString(), program(member)))
                .toList();
    }

    private Program program(MemberId member) {
        return programs.server(member, processes.layout().port(member), spec);
    }

    private void restart(MemberId member) {
        onStep.accept("restart " + member);
        String before = server(member).map(DashboardView.Server::runId).orElse("");
        processes.restart(member.toString(), program(member), STOP);
        await(member.toString(), () -> inSyncAgain(member, before));
    }

    /** What the dashboard says may be of the time before the restart, so conditions ask for another process. */
    private static void await(String name, BooleanSupplier serves) {
        Deadline deadline = Deadline.in(PATIENCE);
        while (!serves.getAsBoolean()) {
            if (!deadline.pause()) {
                throw new CodisException(
                        Reason.TIMED_OUT,
                        name + " does not serve " + PATIENCE.toMinutes() + " min after its restart; see codis logs "
                                + name);
            }
        }
    }

    private boolean inSyncAgain(MemberId member, String runBefore) {
        String master = processes.layout().address(master(member.group()));
        return server(member)
                .filter(server -> !server.runId().isEmpty() && !server.runId().equals(runBefore))
                .filter(server -> server.inSyncWith(master))
                .isPresent();
    }

    private MemberId heir(int group, MemberId master) {
        String address = processes.layout().address(master);
        return group(group).servers().stream()
                .filter(server -> server.inSyncWith(address))
                .findFirst()
                .flatMap(server -> processes.layout().memberAt(server.address()))
                .orElseThrow(() -> new CodisException(
                        Reason.NOT_READY, "group " + group + " has no replica in sync that could take over"));
    }

    private MemberId master(int group) {
        return group(group)
                .master()
                .flatMap(server -> processes.layout().memberAt(server.address()))
                .orElseThrow(() -> new CodisException(Reason.NOT_READY, "group " + group + " has no master"));
    }

    private Optional<DashboardView.Server> server(MemberId member) {
        String address = processes.layout().address(member);
        return group(member.group()).servers().stream()
                .filter(server -> server.address().equals(address))
                .findFirst();
    }

    private DashboardView.Group group(int id) {
        return dashboard
                .view()
                .flatMap(view -> view.group(id))
                .orElseThrow(() -> new CodisException(Reason.UNAVAILABLE, "the dashboard does not answer"));
    }
}
