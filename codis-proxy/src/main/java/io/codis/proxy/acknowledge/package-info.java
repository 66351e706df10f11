/**
 * Commands of the proxy's own to a server, and the question whether a server's candidates have what it did.
 *
 * <p>{@link io.codis.proxy.acknowledge.Acknowledger} is asked by moves (safety rules 2 and 3) and by safe writes (rule
 * 16). Must not know: clients, slots, why somebody asks.
 */
@NullMarked
package io.codis.proxy.acknowledge;

import org.jspecify.annotations.NullMarked;
