/**
 * {@code codis-ha}, with the flags of Codis 3.2: watches what a dashboard sees and says what changes.
 *
 * <p>It never gives a role and never stops a server: the leading dashboard alone does that. Start at
 * {@link io.codis.cli.ha.HaReport}.
 */
@NullMarked
package io.codis.cli.ha;

import org.jspecify.annotations.NullMarked;
