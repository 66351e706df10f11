/**
 * {@code codis-fe}: one web console for the dashboards of all products.
 *
 * <p>Owns: finding the dashboards and passing a browser's requests on to them. Must not know: the topology; it holds no
 * state but addresses. Start reading at {@link io.codis.dashboard.fe.FeServer}. The page itself is in the resources
 * below {@code /fe}; the dashboard serves the same files.
 */
@NullMarked
package io.codis.dashboard.fe;

import org.jspecify.annotations.NullMarked;
