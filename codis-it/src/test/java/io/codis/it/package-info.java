/**
 * Tests of the whole: the rules of the house, scenarios and chaos on real processes, figures.
 */
@NullMarked
package io.codis.it;

import org.jspecify.annotations.NullMarked;
