/**
 * Which role the server has and for how long: orders of the control plane, promises, the lease of a master.
 *
 * <p>Start reading at {@link io.codis.server.role.RoleKeeper}. Must not know: HTTP, command lines.
 */
@NullMarked
package io.codis.server.role;

import org.jspecify.annotations.NullMarked;
