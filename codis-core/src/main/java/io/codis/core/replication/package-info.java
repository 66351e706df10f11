/**
 * What an engine says of itself in INFO, as records. Source: redis.io/commands/info; checked against Redis 7.0 and Valkey 8.
 *
 * <p>Owns: reading the text. Must not know: connections, which server belongs to which group.
 */
@NullMarked
package io.codis.core.replication;

import org.jspecify.annotations.NullMarked;
