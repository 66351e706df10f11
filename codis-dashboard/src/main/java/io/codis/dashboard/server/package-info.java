/**
 * How the leading dashboard reaches storage servers: their launchers over HTTP, their engines as {@code ctl-<epoch>}. Must not know why it is asked to.
 */
@NullMarked
package io.codis.dashboard.server;

import org.jspecify.annotations.NullMarked;
