package io.codis.operator.drive;

import io.codis.infra.coordinator.kubernetes.KubernetesCoordinator;
import io.codis.operator.desired.DesiredCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is left of a deleted cluster: volumes, secret and state. With deletionPolicy Delete they belong to the cluster, so
 * that Kubernetes itself removes them with it; nobody else has to be there.
 */
public final class KeptData {

    /** Of each cluster: what the objects have been told that no cache shows. */
    private final Map<String, Boolean> told = new ConcurrentHashMap<>();

    /** @param begun the dashboard has made the objects of its state */
    public void keep(Wanted wanted, Live live, boolean begun, KubernetesClient client) {
        var objects = new ArrayList<HasMetadata>(live.claims());
        live.current(new DesiredCluster(wanted).secret("")).ifPresent(objects::add);
        objects.forEach(object -> tell(object, wanted, client));
        boolean delete = wanted.spec().deleteData();
        String uid = wanted.resource().getMetadata().getUid();
        if (begun && !Objects.equals(told.get(uid), delete)) {
            state(wanted, client).forEach(object -> tell(object, wanted, client));
            told.put(uid, delete);
        }
    }

    private static List<HasMetadata> state(Wanted wanted, KubernetesClient client) {
        String name = KubernetesCoordinator.objectName(wanted.spec().productName());
        String namespace = wanted.names().namespace();
        var objects = new ArrayList<HasMetadata>();
        objects.add(client.configMaps().inNamespace(namespace).withName(name).get());
        objects.add(client.leases().inNamespace(namespace).withName(name).get());
        objects.removeIf(Objects::isNull);
        return objects;
    }

    private static void tell(HasMetadata object, Wanted wanted, KubernetesClient client) {
        OwnerReference owner = owner(wanted);
        boolean owned = ownedBy(object, owner);
        if (owned == wanted.spec().deleteData() || object.getMetadata().getDeletionTimestamp() != null) {
            return;
        }
        client.resource(object).edit(current -> {
            var owners = new ArrayList<>(current.getMetadata().getOwnerReferences());
            owners.removeIf(each -> each.getUid().equals(owner.getUid()));
            if (!owned) {
                owners.add(owner);
            }
            current.getMetadata().setOwnerReferences(owners);
            return current;
        });
    }

    private static boolean ownedBy(HasMetadata object, OwnerReference owner) {
        return object.getMetadata().getOwnerReferences().stream()
                .anyMatch(each -> each.getUid().equals(owner.getUid()));
    }

    private static OwnerReference owner(Wanted wanted) {
        return new OwnerReferenceBuilder()
                .withApiVersion(wanted.resource().getApiVersion())
                .withKind(wanted.resource().getKind())
                .withName(wanted.resource().getMetadata().getName())
                .withUid(wanted.resource().getMetadata().getUid())
                .build();
    }
}
