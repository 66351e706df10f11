/**
 * What storage servers keep of the cluster on their volumes: the map that they are told, and the topology that is rebuilt
 * from it when the coordinator has lost it (safety rules 5 and 18).
 *
 * <p>Owns: when servers are told, who must have been, and the way back. Must not know: roles, moves, routes. Start reading
 * at {@link io.codis.dashboard.identity.ToldMaps} and {@link io.codis.dashboard.identity.LostCluster}.
 */
@NullMarked
package io.codis.dashboard.identity;

import org.jspecify.annotations.NullMarked;
