/**
 * Configuration files of dashboard and proxy, in TOML. Owns reading with positions, and writing; the keys are in core.
 */
@NullMarked
package io.codis.infra.config;

import org.jspecify.annotations.NullMarked;
