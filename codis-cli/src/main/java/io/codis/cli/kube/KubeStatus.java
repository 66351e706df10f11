package io.codis.cli.kube;

import io.codis.cli.local.ClusterStatus;
import io.codis.cli.local.ClusterStatus.Endpoint;
import io.codis.cli.local.ClusterStatus.Phase;
import io.codis.cli.local.ClusterStatus.ProxyStatus;
import io.codis.cli.local.ProcessStatus;
import io.codis.cli.local.ViewStatus;
import io.codis.infra.dashboard.DashboardView;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.ObjectNames;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Puts together what the operator has written, what the dashboard says, and the pods. */
record KubeStatus(CodisCluster resource, ObjectNames names, Live live, Optional<DashboardView> view) {

    ClusterStatus status() {
        var known = new ViewStatus(view, names::podAt);
        var said = Optional.ofNullable(resource.getStatus());
        long generation = resource.getMetadata().getGeneration();
        Phase phase = said.flatMap(status -> Optional.ofNullable(status.phase()))
                .map(KubeStatus::phase)
                .orElse(Phase.STARTING);
        return new ClusterStatus(
                names.cluster(),
                Wanted.productName(resource),
                phase,
                said.flatMap(status -> Optional.ofNullable(status.message())).orElse(""),
                generation,
                phase == Phase.READY
                        ? said.flatMap(status -> Optional.ofNullable(status.observedGeneration()))
                                .orElse(0L)
                        : generation - 1,
                endpoint("dashboard", view.isPresent()),
                endpoint("fe", live.pods("fe").stream().anyMatch(Readiness::isPodReady)),
                known.slots(),
                known.groups(),
                view.map(DashboardView::proxies).orElse(List.of()).stream()
                        .map(this::proxy)
                        .toList(),
                live.allPods().stream().map(KubeStatus::process).toList());
    }

    private static Phase phase(String word) {
        return Arrays.stream(Phase.values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElse(Phase.DEGRADED);
    }

    private Endpoint endpoint(String part, boolean up) {
        return new Endpoint(
                Optional.ofNullable(resource.getStatus())
                        .flatMap(said -> Optional.ofNullable(said.addresses()))
                        .stream()
                        .flatMap(List::stream)
                        .filter(each -> each.part().equals(part))
                        .map(each -> "http://" + each.address())
                        .findFirst()
                        .orElse(""),
                up);
    }

    private ProxyStatus proxy(DashboardView.Proxy proxy) {
        String host = proxy.adminAddress().replaceFirst(":\\d+$", "");
        String name = live.pods("proxy").stream()
                .filter(pod -> host.equals(pod.getStatus().getPodIP()))
                .map(pod -> pod.getMetadata().getName())
                .findFirst()
                .orElse("proxy " + proxy.id());
        return new ProxyStatus(name, proxy.address(), proxy.online() ? "serving" : "not online", proxy.qps());
    }

    private static ProcessStatus process(Pod pod) {
        List<ContainerStatus> containers =
                pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
        String state = pod.getMetadata().getDeletionTimestamp() != null
                ? "stopping"
                : Readiness.isPodReady(pod) ? "running" : "not ready";
        return new ProcessStatus(
                pod.getMetadata().getName(),
                0,
                state,
                containers.stream().mapToInt(ContainerStatus::getRestartCount).sum(),
                "",
                "");
    }
}
