/**
 * The program {@code codis} and the classic names: which command line runs what.
 *
 * <p>Owns arguments, exit codes and what people read. What a command does is in {@link io.codis.cli.local} and in the
 * modules of the classic programs. Start at {@link io.codis.cli.Codis}.
 */
@NullMarked
package io.codis.cli;

import org.jspecify.annotations.NullMarked;
