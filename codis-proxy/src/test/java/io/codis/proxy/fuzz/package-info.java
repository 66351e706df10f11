/**
 * Mutated command streams against the proxy, compared with one engine: no crash, no hang, no other answer.
 *
 * <p>Start at {@link io.codis.proxy.fuzz.ProxyFuzzIT}.
 */
@NullMarked
package io.codis.proxy.fuzz;

import org.jspecify.annotations.NullMarked;
