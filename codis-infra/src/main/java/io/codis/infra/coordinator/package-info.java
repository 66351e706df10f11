/**
 * Where a cluster's stored state lives: a small tree of whole objects with compare-and-set, and leases.
 *
 * <p>Owns the port {@link io.codis.infra.coordinator.Coordinator} and its adapters; one contract test holds every
 * promise. Must not know what the objects mean.
 */
@NullMarked
package io.codis.infra.coordinator;

import org.jspecify.annotations.NullMarked;
