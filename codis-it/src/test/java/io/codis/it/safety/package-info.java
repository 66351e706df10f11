/**
 * Why there are safety rules: each test shows on real engines the fault that a rule prevents, and that the rule prevents
 * it. The numbers are those of docs/safety.md. When an engine changes its ways, these tests say so.
 */
@NullMarked
package io.codis.it.safety;

import org.jspecify.annotations.NullMarked;
