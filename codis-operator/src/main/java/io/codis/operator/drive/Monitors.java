package io.codis.operator.drive;

import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects of Prometheus's operator, where there is one. They are not watched, since their kind may be unknown: each is
 * applied when the wish changes and when this operator has started.
 */
public final class Monitors {

    private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    /** What each cluster was told last. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    private volatile Instant lookAgain = Instant.EPOCH;
    private volatile boolean known;

    /** Never a reason for a cluster to wait. */
    public void keep(Wanted wanted, KubernetesClient client, Instant now) {
        try {
            apply(wanted, client, now);
        } catch (KubernetesClientException e) {
            LOG.warn("event=no-pod-monitor cluster={} cause={}", wanted.names().cluster(), e.getMessage());
            known = false;
        }
    }

    private void apply(Wanted wanted, KubernetesClient client, Instant now) {
        Optional<GenericKubernetesResource> monitor = new DesiredCluster(wanted).monitor();
        if (monitor.isEmpty() || !known(monitor.get(), client, now)) {
            return;
        }
        String text = Serialization.asJson(monitor.get());
        String uid = wanted.resource().getMetadata().getUid();
        if (!text.equals(told.get(uid))) {
            client.resource(monitor.get())
                    .fieldManager(Applier.FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply();
            told.put(uid, text);
        }
    }

    private boolean known(GenericKubernetesResource monitor, KubernetesClient client, Instant now) {
        if (now.isAfter(lookAgain)) {
            lookAgain = now.plus(LOOK_AGAIN);
            known = client.supports(monitor.getApiVersion(), monitor.getKind());
        }
        return known;
    }
}
