/**
 * Every interleaving of a small cluster: two groups of two servers, two proxies, one dashboard, at most two slots with one
 * key each.
 *
 * <p>The decisions are the production ones (topology commands, routes, slot and promotion states, choice of a master); the
 * world around them (engines, proxies, network, a dashboard that dies) is modelled here as adversely as it may behave.
 * Start reading at {@link io.codis.core.explore.Explorer}, then {@link io.codis.core.explore.World}.
 */
package io.codis.core.explore;
