/**
 * The objects of the Codis 3.2 API, key by key, so that its tools and ours read each other. Our own additions stand at
 * the end of an object, under keys that Codis 3.2 does not have.
 *
 * <p>Owns: names, types and which keys are left out. Must not know: what happens with them. Component names become
 * snake_case keys by the JSON mapper of infra.
 */
@NullMarked
package io.codis.core.codis3;

import org.jspecify.annotations.NullMarked;
