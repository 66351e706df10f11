/**
 * Moves the keys that requests name out of the way while their slot migrates from one group to another.
 *
 * <p>A key is copied with MIGRATE … COPY, confirmed at the target, acknowledged there by every candidate, removed at the
 * source, and the removal is acknowledged there; only then a write for it runs at the target (safety rules 1 to 4). A
 * read of one key runs at the source, with EXISTS behind it on the same connection, and at the target when the key is
 * not there any more.
 *
 * <p>Whoever has seen a key leave the source asks the source how many I/O errors of MIGRATE it has counted. Any other
 * count than zero means that somebody's copy may still arrive: the login is taken for broken, as after an error of our
 * own.
 *
 * <p>That a confirmed key is on the target's disk is the dashboard's part: it sets {@code appendfsync always} at the
 * target before it opens a migrating route.
 *
 * <p>{@link io.codis.proxy.move.Movers} holds one {@link io.codis.proxy.move.Mover} for each pair of groups; {@link
 * io.codis.proxy.move.Batch} is the way of up to 64 keys; {@link io.codis.proxy.acknowledge.Acknowledger} asks one server's
 * candidates. Must not know: clients, the command table.
 */
@NullMarked
package io.codis.proxy.move;

import org.jspecify.annotations.NullMarked;
