package io.codis.operator.desired;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** What is there of a cluster's objects, whichever version of the operator made them. */
@FunctionalInterface
public interface Former {

    /** Of a cluster that is made now. */
    Former NOTHING = wish -> Optional.empty();

    /** The object of that kind and name. */
    Optional<HasMetadata> of(HasMetadata wish);
}
