package io.codis.dashboard.server;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;

/**
 * Connections as {@code ctl-<leaderEpoch>}. An engine that does not know the login has restarted or was never visited by
 * this leader; its launcher makes the login, and the connection is tried once more.
 */
public final class ControlLogins implements EngineAccess {

    private final LauncherClient launchers;
    private final long leaderEpoch;
    private final Credentials credentials;

    public ControlLogins(LauncherClient launchers, ClusterSecret secret, long leaderEpoch) {
        this.launchers = launchers;
        this.leaderEpoch = leaderEpoch;
        String user = "ctl-" + leaderEpoch;
        this.credentials = new Credentials(user, secret.derive(user));
    }

    @Override
    public RedisConnection open(String server, Duration timeout) {
        try {
            return RedisConnection.connect(server, timeout, credentials);
        } catch (CodisException e) {
            if (e.reason() != Reason.UNAUTHORIZED) {
                throw e;
            }
        }
        launchers.control(server, leaderEpoch);
        return RedisConnection.connect(server, timeout, credentials);
    }
}
