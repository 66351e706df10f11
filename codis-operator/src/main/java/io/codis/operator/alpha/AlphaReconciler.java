package io.codis.operator.alpha;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.operator.api.ClusterStatus;
import io.codis.operator.api.ClusterStatus.Condition;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.drive.Applier;
import io.codis.operator.reconcile.ClusterReconciler;
import io.codis.operator.reconcile.Refused;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps an object of our own kind for each of the older kind, and its status with that of the other. */
@ControllerConfiguration(name = "codiscluster-v1alpha1")
public final class AlphaReconciler implements Reconciler<AlphaCluster> {

    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final String INVALID = "Invalid";

    private final Applier applier;

    /** @param client with the rights of the operator */
    public AlphaReconciler(KubernetesClient client) {
        this.applier = new Applier(client);
    }

    @Override
    public List<EventSource<?, AlphaCluster>> prepareEventSources(EventSourceContext<AlphaCluster> context) {
        return List.of(new InformerEventSource<>(
                InformerEventSourceConfiguration.from(CodisCluster.class, AlphaCluster.class)
                        .withNamespacesInheritedFromController()
                        .build(),
                context));
    }

    @Override
    public UpdateControl<AlphaCluster> reconcile(AlphaCluster resource, Context<AlphaCluster> context) {
        Optional<CodisCluster> known = context.getSecondaryResource(CodisCluster.class);
        ClusterStatus status;
        try {
            CodisCluster ours = ours(resource);
            if (known.isEmpty()) {
                refuseForeign(ours, context.getClient());
            }
            Optional<CodisCluster> changed = applier.apply(ours, known.map(HasMetadata.class::cast));
            status = status(resource, changed.or(() -> known));
        } catch (CodisException e) {
            status = invalid(resource, String.valueOf(e.getMessage()));
        } catch (KubernetesClientException e) {
            status = invalid(resource, AlphaMapping.inTheirWords(Refused.said(e)));
        }
        if (status.equals(resource.getStatus())) {
            return UpdateControl.<AlphaCluster>noUpdate().rescheduleAfter(AGAIN);
        }
        return UpdateControl.patchStatus(ClusterReconciler.only(status, resource, new AlphaCluster()))
                .rescheduleAfter(AGAIN);
    }

    private static CodisCluster ours(AlphaCluster resource) {
        var ours = new CodisCluster();
        ours.getMetadata().setName(resource.getMetadata().getName());
        ours.getMetadata().setNamespace(resource.getMetadata().getNamespace());
        ours.getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion(resource.getApiVersion())
                        .withKind(resource.getKind())
                        .withName(resource.getMetadata().getName())
                        .withUid(resource.getMetadata().getUid())
                        .withController(true)
                        .withBlockOwnerDeletion(true)
                        .build()));
        ours.setSpec(AlphaMapping.of(resource.getSpec()));
        return ours;
    }

    /** A cluster of the same name that somebody made himself is not taken over. */
    private static void refuseForeign(CodisCluster ours, KubernetesClient client) {
        String uid = ours.getMetadata().getOwnerReferences().getFirst().getUid();
        CodisCluster there = client.resource(ours).get();
        if (there != null
                && there.getMetadata().getOwnerReferences().stream()
                        .noneMatch(owner -> owner.getUid().equals(uid))) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "there is a CodisCluster of k8s.infra.cn/v1 with this name, which is not this one's; choose another"
                            + " name");
        }
    }

    /** That of our object; with the generation only when it is about what is asked for now. */
    private static ClusterStatus status(AlphaCluster resource, Optional<CodisCluster> ours) {
        Optional<ClusterStatus> known = ours.flatMap(cluster -> Optional.ofNullable(cluster.getStatus()));
        boolean current = known.map(ClusterStatus::observedGeneration)
                .filter(seen -> seen.equals(ours.orElseThrow().getMetadata().getGeneration()))
                .isPresent();
        @Nullable
        Long generation = current
                ? resource.getMetadata().getGeneration()
                : Optional.ofNullable(resource.getStatus())
                        .map(ClusterStatus::observedGeneration)
                        .orElse(null);
        return known.map(status -> new ClusterStatus(
                        generation,
                        status.phase(),
                        Optional.ofNullable(status.message())
                                .map(AlphaMapping::inTheirWords)
                                .orElse(null),
                        status.address(),
                        status.summary(),
                        status.servers(),
                        status.selector(),
                        Optional.ofNullable(status.conditions()).orElse(List.of()).stream()
                                .map(condition -> about(condition, generation))
                                .toList(),
                        status.image(),
                        status.progress(),
                        status.groups(),
                        status.measuredAt(),
                        status.addresses()))
                .orElseGet(() -> of("Starting", "", generation, List.of()));
    }

    private static Condition about(Condition condition, @Nullable Long generation) {
        return new Condition(
                condition.type(),
                condition.status(),
                condition.reason(),
                AlphaMapping.inTheirWords(condition.message()),
                generation,
                condition.lastTransitionTime());
    }

    private static ClusterStatus invalid(AlphaCluster resource, String message) {
        Optional<Condition> before = Optional.ofNullable(resource.getStatus())
                .flatMap(status -> Optional.ofNullable(status.conditions()))
                .flatMap(all -> all.stream()
                        .filter(each ->
                                each.type().equals("Ready") && each.status().equals("False"))
                        .findFirst());
        Long generation = resource.getMetadata().getGeneration();
        String since = before.map(Condition::lastTransitionTime)
                .orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return of(
                INVALID,
                message,
                generation,
                List.of(new Condition("Ready", "False", Reason.INVALID_ARGUMENT.word(), message, generation, since)));
    }

    private static ClusterStatus of(
            String phase, String message, @Nullable Long generation, List<Condition> conditions) {
        return new ClusterStatus(
                generation,
                phase,
                message.isEmpty() ? null : message,
                null,
                null,
                null,
                null,
                conditions,
                null,
                null,
                null,
                null,
                null);
    }
}
