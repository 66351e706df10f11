/**
 * The clients: reading their requests, sending each the way that the command table says, and answering in order.
 *
 * <p>The way of a request: {@link io.codis.proxy.session.Session} finds it, {@link io.codis.proxy.session.Dispatcher}
 * chooses its server, {@link io.codis.proxy.session.Request} brings the reply back to its place in the session's order.
 * {@link io.codis.proxy.session.NioDataPlane} is the whole, over all loops. Must not know: dashboards, HTTP.
 */
@NullMarked
package io.codis.proxy.session;

import org.jspecify.annotations.NullMarked;
