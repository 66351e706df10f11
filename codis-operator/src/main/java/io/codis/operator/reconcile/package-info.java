/**
 * The loop: observe, plan, a few steps, status. Knows JOSDK; what steps do is in {@code drive}.
 */
@NullMarked
package io.codis.operator.reconcile;

import org.jspecify.annotations.NullMarked;
