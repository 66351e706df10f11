/**
 * Whole clusters: started as a user starts them, worked on by the history checker, and hurt. Start at
 * {@link io.codis.it.cluster.LocalCluster}.
 */
@NullMarked
package io.codis.it.cluster;

import org.jspecify.annotations.NullMarked;
