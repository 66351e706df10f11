/**
 * To be described by its owner.
 */
@NullMarked
package io.codis.testkit;

import org.jspecify.annotations.NullMarked;
