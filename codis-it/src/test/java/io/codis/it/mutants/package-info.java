/**
 * Proof that the tests see each rule of docs/safety.md: a mutant takes one rule out of the product, and its test must fail.
 * The mutants are in {@code src/test/mutants}; the product has no switch for any rule.
 */
@NullMarked
package io.codis.it.mutants;

import org.jspecify.annotations.NullMarked;
