package io.codis.dashboard.server;

import io.codis.infra.redis.RedisConnection;
import java.time.Duration;

/** Opens connections to engines as the leading dashboard. */
public interface EngineAccess {

    /**
     * A new connection, logged in as {@code ctl-<leaderEpoch>}, to be closed by the caller. The login is made first where
     * it does not exist, which deletes those of all earlier leaders (safety rule 14).
     *
     * @param server {@code host:port}
     * @param timeout of the connect and of each later call that names no other
     * @throws io.codis.core.problem.CodisException {@code UNAVAILABLE}, {@code TIMED_OUT}, {@code UNAUTHORIZED}; {@code
     *     STALE_EPOCH} when the server has seen a later leader
     */
    RedisConnection open(String server, Duration timeout);
}
