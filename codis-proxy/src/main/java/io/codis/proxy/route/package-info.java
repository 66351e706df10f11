/**
 * Which server a slot's requests go to, and the queues of those that must wait.
 *
 * <p>{@link io.codis.proxy.route.RouteMap} is one whole routing, immutable; {@link io.codis.proxy.route.Routes} is one
 * loop's view of it, with a queue per slot. Must not know: clients, commands, how keys move.
 */
@NullMarked
package io.codis.proxy.route;

import org.jspecify.annotations.NullMarked;
