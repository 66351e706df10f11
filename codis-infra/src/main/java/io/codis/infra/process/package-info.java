/**
 * What every program of ours does alike as a process: how it is asked to stop.
 */
@NullMarked
package io.codis.infra.process;

import org.jspecify.annotations.NullMarked;
