/**
 * To be described by its owner.
 */
@NullMarked
package io.codis.infra;

import org.jspecify.annotations.NullMarked;
