/**
 * The engine process: how it is found, configured, started fenced, watched, talked to, and killed.
 *
 * <p>Owns: everything that touches the process or its port. Must not know: epochs, leases and who may order what.
 */
@NullMarked
package io.codis.server.engine;

import org.jspecify.annotations.NullMarked;
