/**
 * The coordinator in etcd, by its API v3: the paths of Codis 3.2, which itself spoke the API v2 that etcd no longer has.
 *
 * <p>Owns transactions, revisions and leases of etcd. Start at {@link io.codis.infra.coordinator.etcd.EtcdCoordinator}.
 */
@NullMarked
package io.codis.infra.coordinator.etcd;

import org.jspecify.annotations.NullMarked;
