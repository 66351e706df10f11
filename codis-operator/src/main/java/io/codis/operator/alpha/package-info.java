/**
 * The kind {@code CodisCluster} of {@code codis.k8s.io/v1alpha1}, that of an older operator: a pure mapping to our own kind, of
 * which the reconciler makes one object and copies its status back. All else is done for that object.
 */
@NullMarked
package io.codis.operator.alpha;

import org.jspecify.annotations.NullMarked;
