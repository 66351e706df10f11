/**
 * What a cluster is made of on Kubernetes: pure functions from what is wanted to objects. Knows no client and no clock;
 * the golden files of its tests show every object. Start at {@link io.codis.operator.desired.DesiredCluster}.
 */
@NullMarked
package io.codis.operator.desired;

import org.jspecify.annotations.NullMarked;
