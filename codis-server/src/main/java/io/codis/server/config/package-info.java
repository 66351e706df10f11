/**
 * What the launcher was told by its command line and by a configuration file of the engine.
 *
 * <p>Owns: which settings of an engine pass, and which would break fencing. Must not know: processes, the network.
 */
@NullMarked
package io.codis.server.config;

import org.jspecify.annotations.NullMarked;
