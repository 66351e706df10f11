/**
 * A loop's own connections to storage servers: login, one ring of requests in flight per connection, reconnecting.
 *
 * <p>{@link io.codis.proxy.backend.Pending} is whatever waits for a reply; {@link io.codis.proxy.backend.Backend} is one
 * connection to one database of one server; {@link io.codis.proxy.backend.Server} holds those of one address. Must not
 * know: clients, slots, commands.
 */
@NullMarked
package io.codis.proxy.backend;

import org.jspecify.annotations.NullMarked;
