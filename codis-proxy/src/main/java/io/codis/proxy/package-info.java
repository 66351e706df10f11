/**
 * To be described by its owner.
 */
@NullMarked
package io.codis.proxy;

import org.jspecify.annotations.NullMarked;
