/**
 * To be described by its owner.
 */
@NullMarked
package io.codis.dashboard;

import org.jspecify.annotations.NullMarked;
