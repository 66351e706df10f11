/**
 * Gives storage servers their roles: first masters, replicas and candidates, leases, switchover, failover.
 *
 * <p>Owns: one loop per group that looks at the launchers, asks {@code core.failover} what is to be done, and does one
 * stored step after the other; whatever it was doing, a new leader goes on from what is stored. Must not know: slots,
 * routes, HTTP. Start reading at {@link io.codis.dashboard.role.GroupLoop}.
 */
@NullMarked
package io.codis.dashboard.role;

import org.jspecify.annotations.NullMarked;
