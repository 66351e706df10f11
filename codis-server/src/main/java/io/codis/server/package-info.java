/**
 * To be described by its owner.
 */
@NullMarked
package io.codis.server;

import org.jspecify.annotations.NullMarked;
