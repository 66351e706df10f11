/**
 * The control plane's client of storage engines: raw commands with deadlines, and proof of replication. Must not know topology.
 */
@NullMarked
package io.codis.infra.redis;

import org.jspecify.annotations.NullMarked;
