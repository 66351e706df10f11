/**
 * The topology manager: one leading process that stores every change of a cluster and then carries it out.
 *
 * <p>Owns: the loops that turn a stored topology into the state of proxies and servers, and the REST API. Decisions live
 * in core; must not know: how processes or containers are started, the inside of proxies and launchers.
 *
 * <p>Start reading at {@link io.codis.dashboard.store.ClusterState}, then {@link io.codis.dashboard.proxy.Barrier} and
 * {@code migration.Mover}.
 */
@NullMarked
package io.codis.dashboard;

import org.jspecify.annotations.NullMarked;
