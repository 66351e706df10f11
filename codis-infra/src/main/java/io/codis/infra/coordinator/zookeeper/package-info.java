/**
 * The coordinator in ZooKeeper, in the layout of Codis 3.2, so that its tools read and write it too.
 *
 * <p>Owns sessions, versions and access lists of ZooKeeper. Start at {@link
 * io.codis.infra.coordinator.zookeeper.ZooKeeperCoordinator}.
 */
@NullMarked
package io.codis.infra.coordinator.zookeeper;

import org.jspecify.annotations.NullMarked;
