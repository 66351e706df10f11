/**
 * Which of the 1024 slots a key belongs to.
 */
@NullMarked
package io.codis.core.slot;

import org.jspecify.annotations.NullMarked;
