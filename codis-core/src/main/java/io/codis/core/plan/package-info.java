/**
 * From what is wanted and what is observed to what to do next, as data.
 *
 * <p>{@link io.codis.core.plan.ClusterPlanner} is pure and knows neither processes nor Kubernetes; a {@link
 * io.codis.core.plan.ClusterDriver} carries out the steps on either. There is no resume code: whatever was interrupted is
 * observed and planned again, so every prefix of a plan must leave a cluster that is safe.
 */
@NullMarked
package io.codis.core.plan;

import org.jspecify.annotations.NullMarked;
