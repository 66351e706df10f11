/**
 * Figures of a whole cluster on this machine; docs/benchmarks.md says how to run them. No test runs them.
 */
@NullMarked
package io.codis.it.bench;

import org.jspecify.annotations.NullMarked;
