/**
 * The coordinator inside Kubernetes: a cluster's state is one ConfigMap, its leader one Lease.
 *
 * <p>Owns how paths and versions of the port lie in these two objects, and the few calls of the Kubernetes API that this
 * takes. Must not know the operator's objects. Start at {@link
 * io.codis.infra.coordinator.kubernetes.KubernetesCoordinator}.
 */
@NullMarked
package io.codis.infra.coordinator.kubernetes;

import org.jspecify.annotations.NullMarked;
