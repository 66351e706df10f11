/**
 * The launcher of a storage engine: {@code codis-server}.
 *
 * <p>It starts a stock engine as its child, fenced, keeps the server's identity on its volume, and gives the engine the
 * role that the leading dashboard orders, for as long as that is confirmed. Must not know: proxies, slots, the topology,
 * the coordinator. Start reading at {@link io.codis.server.Launcher}, then {@link io.codis.server.role.RoleKeeper}.
 */
@NullMarked
package io.codis.server;

import org.jspecify.annotations.NullMarked;
