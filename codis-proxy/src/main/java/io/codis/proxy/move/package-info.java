/**
 * Moves keys out of the way of requests while their slot migrates.
 */
@NullMarked
package io.codis.proxy.move;

import org.jspecify.annotations.NullMarked;
