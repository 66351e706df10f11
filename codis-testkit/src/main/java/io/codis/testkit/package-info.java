/**
 * What tests share: the engines of this machine, real processes on ports of their own, seeded randomness.
 *
 * <p>Start at {@link io.codis.testkit.RedisServer}. Everything started here dies with the test's JVM. Knows core and
 * infra, never a product module: those use it in their tests.
 */
@NullMarked
package io.codis.testkit;

import org.jspecify.annotations.NullMarked;
