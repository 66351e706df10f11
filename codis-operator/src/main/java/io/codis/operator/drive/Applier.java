package io.codis.operator.drive;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Applies objects on the server's side, and only when something differs: what is wanted has changed, or somebody has
 * changed the object since it was applied last. Fields that are not ours stay as others set them.
 */
public final class Applier {

    public static final String FIELD_MANAGER = "codis-operator";

    private static final int FORBIDDEN = 403;

    private static final PatchContext APPLY = context(FIELD_MANAGER, List.of());
    private static final PatchContext TRY = context(FIELD_MANAGER, List.of("All"));

    private final KubernetesClient client;
    private final Map<String, Applied> applied = new ConcurrentHashMap<>();

    /**
     * @param text of what was wanted
     * @param change counts what happened to the object: its generation, or its version where it has none
     */
    private record Applied(String uid, String text, long change) {}

    public Applier(KubernetesClient client) {
        this.client = client;
    }

    /**
     * The object, if it is another one now.
     *
     * @param current as a cache has it, possibly older than the last application
     */
    public <T extends HasMetadata> Optional<T> apply(T desired, Optional<HasMetadata> current) {
        String key = key(desired);
        String text = Serialization.asJson(desired);
        Applied last = applied.get(key);
        if (last != null && last.text().equals(text) && current.isPresent() && unchanged(current.get(), last)) {
            return Optional.empty();
        }
        T result = client.resource(desired).patch(APPLY);
        applied.put(key, new Applied(result.getMetadata().getUid(), text, change(result)));
        return Optional.of(result)
                .filter(now ->
                        current.filter(before -> change(before) == change(now)).isEmpty());
    }

    /** What was applied last under that name for the same owner. */
    public Optional<HasMetadata> last(HasMetadata desired) {
        return Optional.ofNullable(applied.get(key(desired)))
                .map(last -> (HasMetadata) Serialization.unmarshal(last.text(), desired.getClass()))
                .filter(last -> last.getMetadata()
                        .getOwnerReferences()
                        .equals(desired.getMetadata().getOwnerReferences()));
    }

    /** What an object that is on its way out is to be again. */
    void remember(HasMetadata desired) {
        applied.put(key(desired), new Applied("", Serialization.asJson(desired), 0));
    }

    private static String key(HasMetadata desired) {
        return desired.getMetadata().getNamespace() + "/" + Live.key(desired);
    }

    /**
     * Sets the number of pods in a name of its own, so that it stays when {@link #FIELD_MANAGER} says it no longer, until an
     * autoscaler sets another.
     */
    void letGo(Deployment deployment, int replicas) {
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName(deployment.getMetadata().getName())
                        .withNamespace(deployment.getMetadata().getNamespace())
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .endSpec()
                        .build())
                .patch(context(FIELD_MANAGER + "-scale", List.of()));
    }

    /** Whether the number of pods would be lost if it were not said any more. */
    static boolean ownsReplicas(Deployment deployment) {
        return Optional.ofNullable(deployment.getMetadata().getManagedFields()).stream()
                .flatMap(List::stream)
                .filter(each -> FIELD_MANAGER.equals(each.getManager()))
                .anyMatch(each -> each.getFieldsV1().getAdditionalProperties().get("f:spec") instanceof Map<?, ?> spec
                        && spec.containsKey("f:replicas"));
    }

    /** What the object would be if it were applied; nothing is changed. */
    public <T extends HasMetadata> T tried(T desired) {
        return client.resource(desired).patch(TRY);
    }

    /** Fails where {@link #apply} would. Who may not ask, as a user who is not the operator, learns nothing. */
    void rehearse(HasMetadata desired) {
        try {
            tried(desired);
        } catch (KubernetesClientException e) {
            if (e.getCode() != FORBIDDEN) {
                throw e;
            }
        }
    }

    private static PatchContext context(String manager, List<String> dryRun) {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(true)
                .withDryRun(dryRun)
                .build();
    }

    private static boolean unchanged(HasMetadata current, Applied last) {
        return current.getMetadata().getUid().equals(last.uid()) && change(current) <= last.change();
    }

    private static long change(HasMetadata object) {
        Long generation = object.getMetadata().getGeneration();
        return generation != null && generation > 0
                ? generation
                : Long.parseLong(object.getMetadata().getResourceVersion());
    }
}
