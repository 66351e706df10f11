/**
 * What every program of ours does alike as a process: how it is asked to stop, and its clock for leases.
 */
@NullMarked
package io.codis.infra.process;

import org.jspecify.annotations.NullMarked;
