/**
 * The topology as the servers' own identities prove it, for a coordinator that has lost it (safety rule 18).
 *
 * <p>Owns: which identities prove the whole map, and what the rebuilt topology says. Must not know: how servers are asked,
 * the coordinator. Start reading at {@link io.codis.core.rebuild.Rebuild}.
 */
@NullMarked
package io.codis.core.rebuild;

import org.jspecify.annotations.NullMarked;
