package io.codis.cli.local;

import io.codis.cli.local.ClusterStatus.Endpoint;
import io.codis.cli.local.ClusterStatus.Phase;
import io.codis.cli.local.ClusterStatus.ProxyStatus;
import io.codis.core.plan.MemberId;
import io.codis.core.spec.CodisClusterSpec;
import io.codis.infra.dashboard.DashboardView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts together what the dashboard and the supervisor know. */
final class StatusReport {

    /** How far the supervisor is. */
    record Progress(Phase phase, String message, long generation, long reached) {}

    private final CodisClusterSpec spec;
    private final ProcessSet processes;
    private final Optional<DashboardView> view;

    StatusReport(CodisClusterSpec spec, ProcessSet processes, Optional<DashboardView> view) {
        this.spec = spec;
        this.processes = processes;
        this.view = view;
    }

    ClusterStatus status(Progress progress) {
        var known = new ViewStatus(
                view,
                address -> processes
                        .layout()
                        .memberAt(address)
                        .map(MemberId::toString)
                        .orElse(address));
        var status = new ClusterStatus(
                spec.name(),
                spec.productName(),
                progress.phase(),
                progress.message(),
                progress.generation(),
                progress.reached(),
                new Endpoint("http://" + Programs.dashboardAddress(spec), view.isPresent()),
                new Endpoint(
                        spec.fe().replicas() == 0
                                ? ""
                                : "http://" + Layout.HOST + ":"
                                        + spec.fe().exposure().port(),
                        processes.kept("fe")),
                known.slots(),
                known.groups(),
                proxies(),
                processes.status());
        List<String> standstills = Stream.of(
                        known.standstills(processes.data()::codis).stream(),
                        known.refusedSettings().stream(),
                        keepEnding(status))
                .flatMap(each -> each)
                .toList();
        if (!standstills.stream().allMatch(progress.message()::contains)) {
            String message = Stream.concat(Stream.of(progress.message()), standstills.stream())
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("; "));
            return status(new Progress(
                    progress.phase() == Phase.READY ? Phase.DEGRADED : progress.phase(),
                    message,
                    progress.generation(),
                    progress.reached()));
        }
        List<String> fences = known.fences(processes.data()::codis);
        if (!fences.stream().allMatch(progress.message()::contains)) {
            String message = Stream.concat(Stream.of(progress.message()), fences.stream())
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("; "));
            return status(new Progress(progress.phase(), message, progress.generation(), progress.reached()));
        }
        boolean lacking = progress.phase() == Phase.READY && !status.whole();
        return lacking
                ? status(new Progress(Phase.DEGRADED, lacks(status, fences), progress.generation(), progress.reached()))
                : status;
    }

    private static Stream<String> keepEnding(ClusterStatus status) {
        return status.processes().stream()
                .filter(process -> !process.problem().isEmpty())
                .map(process -> process.name() + " ends again and again: " + process.problem());
    }

    private static String lacks(ClusterStatus status, List<String> fences) {
        var lacks = new ArrayList<>(fences);
        if (!status.dashboard().up()) {
            lacks.add("the dashboard does not answer");
        }
        if (status.slots().offline() > 0) {
            lacks.add(status.slots().offline() + " slots are offline");
        }
        status.groups()
                .forEach(group -> group.servers().stream()
                        .filter(server -> !server.good())
                        .forEach(server -> lacks.add(server.name() + " is " + server.state())));
        status.proxies().stream()
                .filter(proxy -> !proxy.good())
                .forEach(proxy -> lacks.add(proxy.name() + " is " + proxy.state()));
        return String.join("; ", lacks);
    }

    private List<ProxyStatus> proxies() {
        var proxies = new ArrayList<ProxyStatus>();
        for (int ordinal : processes.proxyOrdinals()) {
            String admin = Layout.HOST + ":" + Layout.adminPort(spec, ordinal);
            Optional<DashboardView.Proxy> known = view.stream()
                    .flatMap(all -> all.proxies().stream())
                    .filter(proxy -> proxy.adminAddress().equals(admin))
                    .findFirst();
            proxies.add(new ProxyStatus(
                    "proxy-" + ordinal,
                    Layout.HOST + ":" + Layout.proxyPort(spec, ordinal),
                    known.isEmpty() ? "not registered" : known.get().online() ? "serving" : "not online",
                    known.map(DashboardView.Proxy::qps).orElse(0L)));
        }
        return proxies;
    }
}
