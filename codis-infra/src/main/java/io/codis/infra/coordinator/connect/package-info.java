/**
 * Opens the coordinator that settings and flags name.
 *
 * <p>Owns the names of the kinds, which are those of Codis 3.2 and {@code kubernetes}. A kind's library is loaded when it is
 * chosen, by no other process.
 */
@NullMarked
package io.codis.infra.coordinator.connect;

import org.jspecify.annotations.NullMarked;
