/**
 * The kind {@code CodisCluster} as Kubernetes stores it: the custom resource definition is generated from these types.
 * What a field means and which default it has is said in {@code io.codis.core.spec}; rules that the API server checks are
 * said here. Knows no client.
 *
 * <p>Parts inherit what they have in common, since the generator takes no notice of {@code @JsonUnwrapped}.
 */
@NullMarked
package io.codis.operator.api;

import org.jspecify.annotations.NullMarked;
