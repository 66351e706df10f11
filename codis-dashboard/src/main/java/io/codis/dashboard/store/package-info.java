/**
 * The stored topology and who may change it. Owns leadership, compare-and-set, the projection to the nodes of Codis 3.2. Must not know proxies or servers.
 */
@NullMarked
package io.codis.dashboard.store;

import org.jspecify.annotations.NullMarked;
