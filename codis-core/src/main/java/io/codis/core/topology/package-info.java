/**
 * What the cluster is: one immutable {@link io.codis.core.topology.Topology} and the commands that change it.
 *
 * <p>Owns: groups, slots, proxies, sentinels, every rule about which change is legal, the routes that follow
 * ({@link io.codis.core.topology.Routes}) and the stored form ({@link io.codis.core.topology.TopologyDocument}). Must not
 * know: who stores it, who asks for a change, time. Start reading at {@link io.codis.core.topology.TopologyCommand}.
 */
@NullMarked
package io.codis.core.topology;

import org.jspecify.annotations.NullMarked;
