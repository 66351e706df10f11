package io.codis.operator.reconcile;

import io.codis.core.spec.SpecProblem;
import io.codis.operator.api.CodisCluster;
import io.codis.operator.desired.Wanted;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a cluster can be what its user wants, before anything is done: by its spec, the other clusters, and the Secret
 * that it names.
 *
 * @param image of clusters that name none
 */
public record Acceptance(String image, KubernetesClient client) {

    /** @param all clusters that are known; may have {@code resource} among them */
    public Wanted.Reading of(CodisCluster resource, Stream<CodisCluster> all) {
        return switch (Wanted.read(resource, image)) {
            case Wanted.Reading.Wrong wrong -> wrong;
            case Wanted.Reading.Right(Wanted wanted) -> {
                Optional<SpecProblem> taken = Products.taken(wanted, rivals(wanted, all));
                yield taken.<Wanted.Reading>map(problem -> new Wanted.Reading.Wrong(List.of(problem)))
                        .orElseGet(() -> new ClientPassword(client).given(wanted));
            }
        };
    }

    /** Those that may keep their state where this one does; reading a whole cluster is work. */
    private List<Wanted> rivals(Wanted wanted, Stream<CodisCluster> all) {
        return all.filter(
                        other -> Wanted.productName(other).equals(wanted.spec().productName()))
                .map(other -> Wanted.read(other, image))
                .filter(Wanted.Reading.Right.class::isInstance)
                .map(right -> ((Wanted.Reading.Right) right).wanted())
                .toList();
    }
}
