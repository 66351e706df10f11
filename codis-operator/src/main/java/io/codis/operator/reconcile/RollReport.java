package io.codis.operator.reconcile;

import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.codis.operator.drive.Live;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a change has come through the servers.
 *
 * @param current none runs with former settings
 */
record RollReport(boolean current, String reason, String message) {

    /** A server that serves does so in less than that. */
    private static final Duration USUAL = Duration.ofMinutes(1);

    static RollReport of(Wanted wanted, Live live, Instant now) {
        var desired = new DesiredCluster(wanted, live::former);
        List<Pod> servers = live.allPods().stream()
                .filter(pod ->
                        wanted.names().member(pod.getMetadata().getName()).isPresent())
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        List<Pod> former =
                servers.stream().filter(pod -> !current(desired, wanted, pod)).toList();
        if (former.isEmpty()) {
            return new RollReport(true, "AllCurrent", "");
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
}
