/**
 * Data to fill a cluster with and to find again: any number of keys of all core types, made from a seed, so that
 * nothing has to be remembered to verify them. Start at {@link io.codis.testkit.data.Dataset}.
 */
@NullMarked
package io.codis.testkit.data;

import org.jspecify.annotations.NullMarked;
