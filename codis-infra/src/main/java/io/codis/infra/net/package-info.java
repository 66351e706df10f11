/**
 * Host names and their addresses (safety rule 20).
 *
 * <p>Owns: for how long an address is believed. Must not know: who is asked at that address.
 */
@NullMarked
package io.codis.infra.net;

import org.jspecify.annotations.NullMarked;
