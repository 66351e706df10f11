/**
 * What the operator measures of itself, under the names that controllers of Kubernetes use, and the port where it is read.
 * Knows no cluster's details: whoever knows a figure tells it.
 */
@NullMarked
package io.codis.operator.metrics;

import org.jspecify.annotations.NullMarked;
