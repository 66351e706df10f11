/**
 * What the stores over a network have in common: calls that end, and leases that have to be renewed.
 *
 * <p>Owns when a holder must stop believing in its lease, and which failures leave the outcome of a change unknown. Must not
 * know any store.
 */
@NullMarked
package io.codis.infra.coordinator.remote;

import org.jspecify.annotations.NullMarked;
