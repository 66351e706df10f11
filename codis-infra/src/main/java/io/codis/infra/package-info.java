/**
 * Adapters that several processes share: JSON, HTTP, the engine client, the coordinator, configuration files, logs.
 *
 * <p>Owns: everything that touches a socket or a file on behalf of more than one process. Must not know: which process
 * uses it. Decisions live in core.
 *
 * <p>Start reading at {@link io.codis.infra.http.HttpApi} and {@link io.codis.infra.redis.RedisConnection}.
 */
@NullMarked
package io.codis.infra;

import org.jspecify.annotations.NullMarked;
