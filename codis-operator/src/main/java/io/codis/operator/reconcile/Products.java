package io.codis.operator.reconcile;

import io.codis.core.spec.CodisClusterSpec;
import io.codis.core.spec.Coordinator;
import io.codis.core.spec.SpecProblem;
import io.codis.operator.desired.Wanted;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Two clusters with one product on one coordinator would be one cluster with two wills: the younger one is refused. */
final class Products {

    private Products() {}

    /** @param others all clusters that can be read; may have {@code wanted} among them */
    static Optional<SpecProblem> taken(Wanted wanted, Collection<Wanted> others) {
        return others.stream()
                .filter(other -> !uid(other).equals(uid(wanted)))
                .filter(other -> place(other).equals(place(wanted)))
                .filter(other -> AGE.compare(other, wanted) < 0)
                .min(AGE)
                .map(other -> new SpecProblem(
                        "spec.productName",
                        0,
                        wanted.spec().productName(),
                        "the cluster " + other.names().namespace() + "/"
                                + other.names().cluster()
                                + " has this product on the same coordinator; choose another name"));
    }

    private static final Comparator<Wanted> AGE = Comparator.comparing(
                    (Wanted each) -> each.resource().getMetadata().getCreationTimestamp())
            .thenComparing(Products::uid);

    private static String uid(Wanted wanted) {
        return wanted.resource().getMetadata().getUid();
    }

    /** Where the state is kept, with its name. */
    private static String place(Wanted wanted) {
        CodisClusterSpec spec = wanted.spec();
        Coordinator keeper = spec.keeper();
        String address =
                keeper.name().equals(Coordinator.KUBERNETES) ? wanted.names().namespace() : keeper.address();
        return keeper.name() + " " + address + " " + spec.productName();
    }
}
