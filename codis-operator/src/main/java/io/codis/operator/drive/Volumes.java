package io.codis.operator.drive;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets the volumes of servers grow. A StatefulSet's claim template cannot be changed: the claims that are there are, and
 * the set is made anew around its pods, which go on.
 */
final class Volumes {

    private static final String STORAGE = "storage";

    private final KubernetesClient client;

    Volumes(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Whether the set is on its way out now, to be made anew.
     *
     * @param claims of the cluster
     * @throws CodisException for a change that volumes cannot make
     */
    boolean grow(StatefulSet there, StatefulSet desired, List<PersistentVolumeClaim> claims) {
        Optional<PersistentVolumeClaim> now = template(there);
        Optional<PersistentVolumeClaim> wanted = template(desired);
        refuse(there, desired);
        if (wanted.isEmpty()) {
            return false;
        }
        Quantity size = size(wanted.get());
        Pattern ofSet = Pattern.compile(wanted.get().getMetadata().getName() + "-"
                + desired.getMetadata().getName() + "-\\d+");
        claims.stream()
                .filter(claim -> ofSet.matcher(claim.getMetadata().getName()).matches())
                .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null)
                .filter(claim -> bytes(size(claim)).compareTo(bytes(size)) < 0)
                .forEach(claim -> client.resource(claim)
                        .edit(old -> new PersistentVolumeClaimBuilder(old)
                                .editSpec()
                                .editResources()
                                .addToRequests(STORAGE, size)
                                .endResources()
                                .endSpec()
                                .build()));
        if (bytes(size(now.orElseThrow())).compareTo(bytes(size)) == 0) {
            return false;
        }
        client.resource(there).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
        return true;
    }

    /** Throws what {@link #grow} would; changes nothing. */
    static void refuse(StatefulSet there, StatefulSet desired) {
        refuse(template(there), template(desired));
    }

    static void refuse(Optional<PersistentVolumeClaim> now, Optional<PersistentVolumeClaim> wanted) {
        if (now.isPresent() != wanted.isPresent()) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "spec.redisSpec.storageResources: servers that are there "
                            + (now.isPresent() ? "have volumes and keep them" : "have no volumes and get none")
                            + "; take the change back, or make another cluster");
        }
        if (now.isEmpty()) {
            return;
        }
        PersistentVolumeClaim before = now.get();
        PersistentVolumeClaim after = wanted.orElseThrow();
        if (!Objects.equals(
                before.getSpec().getStorageClassName(), after.getSpec().getStorageClassName())) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "spec.redisSpec.storageClassName = "
                            + after.getSpec().getStorageClassName() + ": the volumes are of "
                            + before.getSpec().getStorageClassName()
                            + " and stay so; take the change back, or make another cluster");
        }
        if (bytes(size(before)).compareTo(bytes(size(after))) > 0) {
            throw new CodisException(
                    Reason.INVALID_ARGUMENT,
                    "spec.redisSpec.storageResources.requests.storage = " + size(after) + ": the volumes have "
                            + size(before) + " and cannot shrink; use that or more");
        }
    }

    /** As desired, with the claim template that cannot be changed. */
    static StatefulSet like(StatefulSet there, StatefulSet desired) {
        return new StatefulSetBuilder(desired)
                .editSpec()
                .withVolumeClaimTemplates(there.getSpec().getVolumeClaimTemplates())
                .endSpec()
                .build();
    }

    private static Optional<PersistentVolumeClaim> template(StatefulSet set) {
        return set.getSpec().getVolumeClaimTemplates().stream().findFirst();
    }

    private static Quantity size(PersistentVolumeClaim claim) {
        return claim.getSpec().getResources().getRequests().getOrDefault(STORAGE, new Quantity("0"));
    }

    private static BigDecimal bytes(Quantity quantity) {
        return Quantity.getAmountInBytes(quantity);
    }
}
