/**
 * What a user asks for: the {@code CodisCluster} kind as one record, read from a tree with line numbers.
 *
 * <p>Owns the fields, their defaults, their checks and the sentences about what is wrong. It does not know where the
 * tree comes from (a YAML file, an object of Kubernetes) nor what runs the cluster. Start at {@link
 * io.codis.core.spec.CodisClusterSpec}, then {@link io.codis.core.spec.CodisClusterReader}.
 */
@NullMarked
package io.codis.core.spec;

import org.jspecify.annotations.NullMarked;
