package io.codis.operator.reconcile;

import io.codis.core.plan.MemberId;
import io.codis.core.plan.Step;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.ObjectNames;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people what was done to a cluster: one event per action, none for waiting. */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    private final KubernetesClient client;

    Events(KubernetesClient client) {
        this.client = client;
    }

    /** @param names of servers: those of their pods */
    void did(CodisCluster cluster, Step step, Function<MemberId, String> names) {
        switch (step) {
            case Step.AwaitDashboard waiting -> {}
            case Step.AwaitInSync waiting -> {}
            case Step.AwaitMoves waiting -> {}
            case Step.AwaitProxy waiting -> {}
            case Step.VerifyEmpty looked -> {}
            default -> tell(cluster, "Normal", step.getClass().getSimpleName(), step.text(names));
        }
    }

    /** @param deployment whose pods are made anew, one after the other, since what they are made from has changed */
    void rolls(CodisCluster cluster, String deployment) {
        tell(cluster, "Normal", "ReplacePods", "replacing the pods of " + deployment);
    }

    void did(CodisCluster cluster, String reason, String message) {
        tell(cluster, "Normal", reason, message);
    }

    void warn(CodisCluster cluster, String reason, String message) {
        tell(cluster, "Warning", reason, message);
    }

    private void tell(CodisCluster cluster, String type, String reason, String message) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withGenerateName(cluster.getMetadata().getName() + ".")
                .withNamespace(cluster.getMetadata().getNamespace())
                .endMetadata()
                .withInvolvedObject(new ObjectReferenceBuilder()
                        .withApiVersion(cluster.getApiVersion())
                        .withKind(cluster.getKind())
                        .withName(cluster.getMetadata().getName())
                        .withNamespace(cluster.getMetadata().getNamespace())
                        .withUid(cluster.getMetadata().getUid())
                        .build())
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(ObjectNames.OPERATOR)
                .endSource()
                .build();
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            LOG.warn("event=not-told cluster={} cause={}", cluster.getMetadata().getName(), e.getMessage());
        }
    }
}
