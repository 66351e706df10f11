/**
 * The rules of the house that a machine can check: who may know whom, what every file has, how it is formatted.
 */
@NullMarked
package io.codis.it.architecture;

import org.jspecify.annotations.NullMarked;
