package io.codis.cli.local;

import io.codis.core.spec.CodisClusterSpec;
import io.codis.infra.dashboard.DashboardApi;
import io.codis.infra.dashboard.DashboardView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Brings what proxies read only when they start to those that run, one after the other: nobody but a proxy's clients is
 * cut off. Servers are the planner's, since their order depends on roles.
 *
 * <p>Which proxies are behind is seen from their processes, so a run that was interrupted is simply begun again.
 */
final class ProxyRoll {

    private static final Duration STOP = Duration.ofSeconds(15);

    private final ProcessSet processes;
    private final Programs programs;
    private final DashboardApi dashboard;
    private final CodisClusterSpec spec;
    private final Consumer<String> onStep;

    /** @param onStep told of each step before it is done; may throw to end the run there, which is always safe */
    ProxyRoll(
            ProcessSet processes,
            Programs programs,
            DashboardApi dashboard,
            CodisClusterSpec spec,
            Consumer<String> onStep) {
        this.processes = processes;
        this.programs = programs;
        this.dashboard = dashboard;
        this.spec = spec;
        this.onStep = onStep;
    }

    /** The cluster is complete and as planned otherwise. */
    void run() {
        behind().forEach(this::restart);
    }

    /** What {@link #run} would do, in words. */
    List<String> steps() {
        return behind().stream().map(ProxyRoll::step).toList();
    }

    private List<Integer> behind() {
        return IntStream.rangeClosed(1, spec.proxy().replicas())
                .filter(ordinal -> processes.behind("proxy-" + ordinal, programs.proxy(ordinal, spec)))
                .boxed()
                .toList();
    }

    private static String step(int ordinal) {
        return "restart proxy-" + ordinal;
    }

    /** What the dashboard says may be of the time before the restart, so another process is waited for. */
    private void restart(int ordinal) {
        onStep.accept(step(ordinal));
        String before = proxy(ordinal).map(DashboardView.Proxy::startTime).orElse("");
        processes.restart(
                "proxy-" + ordinal,
                programs.proxy(ordinal, spec),
                STOP,
                () -> proxy(ordinal)
                        .filter(proxy -> proxy.online() && !proxy.startTime().equals(before))
                        .isPresent());
    }

    private Optional<DashboardView.Proxy> proxy(int ordinal) {
        String address = Layout.HOST + ":" + Layout.adminPort(spec, ordinal);
        return dashboard.view().flatMap(view -> view.proxyAt(address));
    }
}
