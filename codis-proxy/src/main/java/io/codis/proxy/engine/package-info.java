/**
 * The machine room: event loops over {@code java.nio}, byte queues, and the two resumable RESP scanners.
 *
 * <p>One {@link io.codis.proxy.engine.Loop} is one thread; everything attached to it is touched by that thread only, so
 * nothing here locks. Start reading with {@code Loop}, then {@code Conn}, {@code RequestScanner}, {@code ReplyScanner}.
 *
 * <p>Must not know: commands, slots, sessions, servers.
 */
@NullMarked
package io.codis.proxy.engine;

import org.jspecify.annotations.NullMarked;
