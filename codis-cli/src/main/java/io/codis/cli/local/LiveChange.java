package io.codis.cli.local;

import io.codis.cli.local.ManagedProcess.Program;
import io.codis.core.plan.MemberId;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.LiveSettings;
import io.codis.core.wire.TakenSettings;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import io.codis.infra.dashboard.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Brings the settings that engines take while they run to the servers; their launchers set them (decision 33). */
final class LiveChange {

    /** Launchers look each second, and the dashboard asks them as often. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ProcessSet processes;
    private final Programs programs;
    private final DashboardApi dashboard;
    private final CodisClusterSpec spec;

    private LiveChange(ProcessSet processes, Programs programs, DashboardApi dashboard, CodisClusterSpec spec) {
        this.processes = processes;
        this.programs = programs;
        this.dashboard = dashboard;
        this.spec = spec;
    }

    /** Writes them for the servers that run; the others read them when they start. */
    static LiveChange begin(ProcessSet processes, Programs programs, DashboardApi dashboard, CodisClusterSpec spec) {
        var change = new LiveChange(processes, programs, dashboard, spec);
        change.write();
        return change;
    }

    private void write() {
        processes.layout().servers().keySet().forEach(member -> processes.setLive(member.toString(), program(member)));
    }

    /** Until each engine has been asked to have them; whether it took them is told by the status. */
    void await() {
        String digest = LiveSettings.digest(spec.redis().liveConfiguration());
        Deadline deadline = Deadline.in(LIMIT);
        List<String> late = late(digest);
        while (!late.isEmpty()) {
            if (!deadline.pause()) {
                throw new CodisException(
                        Reason.TIMED_OUT,
                        "settings have not reached " + late + "; see "
                                + processes.data().codis("logs " + late.getFirst()));
            }
            late = late(digest);
        }
    }

    private List<String> late(String digest) {
        Optional<DashboardView> view = dashboard.view();
        if (view.isEmpty()) {
            return List.of("dashboard");
        }
        return view.get().groups().stream()
                .flatMap(group -> group.servers().stream())
                .filter(server ->
                        !server.settings().map(TakenSettings::digest).orElse("").equals(digest))
                .map(server -> processes
                        .layout()
                        .memberAt(server.address())
                        .map(MemberId::toString)
                        .orElse(server.address()))
                .toList();
    }

    private Program program(MemberId member) {
        return programs.server(member, processes.layout().port(member), spec);
    }
}
