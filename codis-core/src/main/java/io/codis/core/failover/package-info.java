/**
 * Who is master of a group, as data: the steps of a promotion and the choice of the member.
 *
 * <p>Owns: {@link io.codis.core.failover.Promotion} with its legal transitions. Must not know: the topology as a whole
 * (it uses this package), proxies, engines, time.
 */
@NullMarked
package io.codis.core.failover;

import org.jspecify.annotations.NullMarked;
