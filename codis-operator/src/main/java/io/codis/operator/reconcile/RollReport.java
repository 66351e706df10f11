package io.codis.operator.reconcile;

import io.codis.core.spec.LiveSettings;
import io.codis.core.wire.TakenSettings;
import io.codis.infra.dashboard.DashboardView;
import io.codis.operator.api.ClusterStatus.Condition;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a change has come through the servers: those that it restarts are replaced, the others set it live.
 *
 * @param replaced no pod is there that was made for another wish
 */
record RollReport(boolean replaced, String reason, String message) {

    private static final String TYPE = "ServersCurrent";
    private static final String ALL_CURRENT = "AllCurrent";

    /** A server that serves does so in less than that. */
    private static final Duration USUAL = Duration.ofMinutes(1);

    private static final int SHOWN = 3;

    static RollReport of(Wanted wanted, Live live, Optional<DashboardView> view, Instant now) {
        var desired = new DesiredCluster(wanted, live::former);
        List<Pod> servers = live.allPods().stream()
                .filter(pod ->
                        wanted.names().member(pod.getMetadata().getName()).isPresent())
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        List<Pod> former =
                servers.stream().filter(pod -> !current(desired, wanted, pod)).toList();
        if (former.isEmpty()) {
            return view.map(known -> ofSettings(wanted, known))
                    .orElseGet(() -> new RollReport(
                            true, Conditions.SILENT, "the dashboard does not say which settings servers have"));
        }
        Optional<Pod> stuck = servers.stream()
                .filter(pod -> current(desired, wanted, pod) && !Readiness.isPodReady(pod))
                .filter(pod -> Instant.parse(pod.getMetadata().getCreationTimestamp())
                        .plus(USUAL)
                        .isBefore(now))
                .findFirst();
        String left = former.size() + " of " + servers.size() + " servers run with former settings";
        return stuck.map(pod -> new RollReport(
                        false,
                        "RollStopped",
                        pod.getMetadata().getName() + " has the new settings and is not ready; " + left
                                + " until it is. Take the change back or correct it"))
                .orElseGet(() -> new RollReport(false, "Rolling", left));
    }

    private static boolean current(DesiredCluster desired, Wanted wanted, Pod pod) {
        int group =
                wanted.names().member(pod.getMetadata().getName()).orElseThrow().group();
        return desired.current(pod, group);
    }

    /** Those that are set live reach a server when its node has replaced the mounted file. */
    private static RollReport ofSettings(Wanted wanted, DashboardView view) {
        String digest = LiveSettings.digest(wanted.spec().redis().liveConfiguration());
        List<String> late = view.groups().stream()
                .flatMap(group -> group.servers().stream())
                .filter(DashboardView.Server::known)
                .filter(server -> !server.settings().map(TakenSettings::digest).equals(Optional.of(digest)))
                .map(server -> wanted.names().podAt(server.address()))
                .toList();
        if (late.isEmpty()) {
            return new RollReport(true, ALL_CURRENT, "");
        }
        String some = late.stream().limit(SHOWN).collect(Collectors.joining(", "));
        int more = late.size() - SHOWN;
        return new RollReport(
                true,
                "SettingsPending",
                "settings that are set live have not reached " + some + (more > 0 ? " and " + more + " more" : "")
                        + " yet: nodes bring a changed file to a pod within about 90 seconds");
    }

    /** All servers have what is wanted. */
    boolean current() {
        return reason.equals(ALL_CURRENT);
    }

    Condition condition(Conditions conditions) {
        return reason.equals(Conditions.SILENT)
                ? conditions.unknown(TYPE, reason, message)
                : conditions.of(TYPE, current(), reason, message);
    }
}
