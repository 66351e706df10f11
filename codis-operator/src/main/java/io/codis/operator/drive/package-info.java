/**
 * Carries out a plan on Kubernetes: what is there (from caches), applying objects, and the driver. Knows the API server
 * and a cluster's dashboard, and decides nothing: the order is the planner's, the objects are {@code desired}'s.
 */
@NullMarked
package io.codis.operator.drive;

import org.jspecify.annotations.NullMarked;
