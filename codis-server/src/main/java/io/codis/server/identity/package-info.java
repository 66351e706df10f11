/**
 * What a server knows of itself across restarts, on the volume of its data.
 *
 * <p>Owns: {@code identity.json} and the lock of the volume. Must not know: the engine, the network.
 */
@NullMarked
package io.codis.server.identity;

import org.jspecify.annotations.NullMarked;
