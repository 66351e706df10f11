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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the volumes of servers grow. A StatefulSet's claim template cannot be changed: the claims that are there are, and
 * the set is made anew around its pods, which go on. What has never been given can be asked for in another way.
 */
final class Volumes {

    private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);
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
        Optional<PersistentVolumeClaim> wanted = template(desired);
        List<PersistentVolumeClaim> own = of(there, claims);
        if (refusal(template(there), wanted).isPresent() && neverGiven(own) && neverGiven(asked(there))) {
            LOG.info("event=volumes-asked-for-anew set={}", there.getMetadata().getName());
            client.resource(there).delete();
            own.forEach(claim -> client.resource(claim).delete());
            return true;
        }
        refuse(there, desired, claims);
        if (wanted.isEmpty()) {
            return false;
        }
        own.stream().filter(claim -> inVain(claim, wanted.get())).forEach(this::askAnew);
        Quantity size = size(wanted.get());
        own.stream()
                .filter(claim -> given(claim) && bytes(size(claim)).compareTo(bytes(size)) < 0)
                .forEach(claim -> client.resource(claim)
                        .edit(old -> new PersistentVolumeClaimBuilder(old)
                                .editSpec()
                                .editResources()
                                .addToRequests(STORAGE, size)
                                .endResources()
                                .endSpec()
                                .build()));
        if (bytes(size(template(there).orElseThrow())).compareTo(bytes(size)) == 0) {
            return false;
        }
        client.resource(there).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
        return true;
    }

    /** Of the set's servers, those on their way out not. */
    private static List<PersistentVolumeClaim> of(StatefulSet set, List<PersistentVolumeClaim> claims) {
        Pattern name =
                Pattern.compile("[^-]+-" + Pattern.quote(set.getMetadata().getName()) + "-\\d+");
        return claims.stream()
                .filter(claim -> claim.getMetadata().getDeletionTimestamp() == null)
                .filter(claim -> name.matcher(claim.getMetadata().getName()).matches())
                .toList();
    }

    /** What the API server says now: a cache may not have heard of a volume yet. */
    private List<PersistentVolumeClaim> asked(StatefulSet set) {
        return of(
                set,
                client.persistentVolumeClaims()
                        .inNamespace(set.getMetadata().getNamespace())
                        .list()
                        .getItems());
    }

    /** Nothing can be in volumes that are not there. */
    static boolean neverGiven(List<PersistentVolumeClaim> claims) {
        return !claims.isEmpty() && claims.stream().noneMatch(Volumes::given);
    }

    private static boolean given(PersistentVolumeClaim claim) {
        String volume = claim.getSpec().getVolumeName();
        return volume != null && !volume.isEmpty();
    }

    /** It waits for a volume that is not wanted any more: of another class, as a former cluster may have asked, or size. */
    static boolean inVain(PersistentVolumeClaim claim, PersistentVolumeClaim wanted) {
        String storageClass = wanted.getSpec().getStorageClassName();
        boolean other =
                storageClass != null && !storageClass.equals(claim.getSpec().getStorageClassName());
        return !given(claim) && (other || bytes(size(claim)).compareTo(bytes(size(wanted))) != 0);
    }

    private void askAnew(PersistentVolumeClaim claim) {
        LOG.info("event=volume-asked-for-anew claim={}", claim.getMetadata().getName());
        replace(client, claim);
    }

    /**
     * Takes a server's claim and its pod; its StatefulSet makes both anew.
     *
     * @return the name of the pod
     */
    static String replace(KubernetesClient client, PersistentVolumeClaim claim) {
        String name = claim.getMetadata().getName();
        String pod = name.substring(name.indexOf('-') + 1);
        client.resource(claim).delete();
        client.pods()
                .inNamespace(claim.getMetadata().getNamespace())
                .withName(pod)
                .delete();
        return pod;
    }

    /**
     * Throws what {@link #grow} would; changes nothing.
     *
     * @param claims of the cluster
     */
    static void refuse(StatefulSet there, StatefulSet desired, List<PersistentVolumeClaim> claims) {
        if (!neverGiven(of(there, claims))) {
            refusal(template(there), template(desired)).ifPresent(why -> {
                throw new CodisException(Reason.INVALID_ARGUMENT, why);
            });
        }
    }

    static Optional<String> refusal(Optional<PersistentVolumeClaim> now, Optional<PersistentVolumeClaim> wanted) {
        if (now.isPresent() != wanted.isPresent()) {
            return Optional.of("spec.redisSpec.storageResources: servers that are there "
                    + (now.isPresent() ? "have volumes and keep them" : "have no volumes and get none")
                    + "; take the change back, or make another cluster");
        }
        if (now.isEmpty()) {
            return Optional.empty();
        }
        PersistentVolumeClaim before = now.get();
        PersistentVolumeClaim after = wanted.orElseThrow();
        if (!Objects.equals(
                before.getSpec().getStorageClassName(), after.getSpec().getStorageClassName())) {
            return Optional.of(
                    "spec.redisSpec.storageClassName = " + after.getSpec().getStorageClassName()
                            + ": the volumes are of " + before.getSpec().getStorageClassName()
                            + " and stay so; take the change back, or make another cluster");
        }
        return bytes(size(before)).compareTo(bytes(size(after))) > 0
                ? Optional.of("spec.redisSpec.storageResources.requests.storage = " + size(after)
                        + ": the volumes have " + size(before) + " and cannot shrink; use that or more")
                : Optional.empty();
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
