/**
 * The settings of dashboard and proxy: every key once, with type, default, check and comment.
 *
 * <p>Reading, the printed default file and the JSON form all follow from the same {@link io.codis.core.config.Key}.
 * Must not know files or TOML: infra hands in raw values with their position. Start at
 * {@link io.codis.core.config.DashboardConfig}.
 */
@NullMarked
package io.codis.core.config;

import org.jspecify.annotations.NullMarked;
