package io.codis.operator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** {@code spec.coordinator}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.type == oldSelf.type",
        message = "the type of the coordinator cannot change: the cluster's state is there; make another cluster")
@ValidationRule(
        value = "(self.type == 'kubernetes') == !has(self.address)",
        message = "address is needed for zookeeper and etcd, and not for kubernetes")
public record CoordinatorFields(
        @JsonPropertyDescription("kubernetes, zookeeper or etcd; it cannot change.") @Required
        CoordinatorKind type,

        @JsonPropertyDescription("host:port, or several of them separated by commas.") @Nullable
        String address) {}
