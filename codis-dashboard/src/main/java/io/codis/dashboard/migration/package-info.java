/**
 * Moves the keys of slots between groups. Owns the order copy, confirm, acknowledge, remove; must not know HTTP.
 */
@NullMarked
package io.codis.dashboard.migration;

import org.jspecify.annotations.NullMarked;
