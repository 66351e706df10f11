/**
 * The runtime of one machine: a cluster as supervised processes below one data directory.
 *
 * <p>{@link io.codis.cli.local.Supervisor} keeps the processes and carries out what is asked through {@link
 * io.codis.cli.local.ControlApi}; {@link io.codis.cli.local.ProcessDriver} turns the planner's steps into processes and
 * calls of the dashboard. It knows the other programs by their command lines and HTTP APIs only.
 */
@NullMarked
package io.codis.cli.local;

import org.jspecify.annotations.NullMarked;
