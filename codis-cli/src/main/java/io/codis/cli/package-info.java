/**
 * To be described by its owner.
 */
@NullMarked
package io.codis.cli;

import org.jspecify.annotations.NullMarked;
