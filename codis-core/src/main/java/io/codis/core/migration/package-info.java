/**
 * How slots move from one group to another, as data: the state of one slot's move and which slots ought to move.
 *
 * <p>Owns: {@link io.codis.core.migration.SlotAction} with its legal transitions. Must not know: the topology as a whole
 * (it uses this package), proxies, engines, time.
 */
@NullMarked
package io.codis.core.migration;

import org.jspecify.annotations.NullMarked;
