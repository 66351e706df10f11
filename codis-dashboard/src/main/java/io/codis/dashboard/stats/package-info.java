/**
 * What servers and proxies said last. Observes only; must not change anything.
 */
@NullMarked
package io.codis.dashboard.stats;

import org.jspecify.annotations.NullMarked;
