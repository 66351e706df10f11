/**
 * The pure domain of Codis: slots, topology and its commands, state machines, planners, the command table, reasons.
 *
 * <p>Owns: every decision. Must not know: sockets, files, threads, clocks, JSON libraries beyond annotations. Time and
 * randomness are always passed in.
 *
 * <p>Start reading at {@link io.codis.core.slot.SlotHash}, then {@code topology}, {@code migration}, {@code plan}.
 */
@NullMarked
package io.codis.core;

import org.jspecify.annotations.NullMarked;
