package io.codis.dashboard.server;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.wire.Credentials;
import io.codis.infra.redis.RedisConnection;
import io.codis.infra.redis.Replies;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;
import java.util.List;

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
        RedisConnection engine = connect(server, timeout);
        try {
            verify(engine, server);
            return engine;
        } catch (CodisException e) {
            engine.close();
            throw e;
        }
    }

    private RedisConnection connect(String server, Duration timeout) {
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

    /** All engines of the cluster know this login, and an address may be another one's by now; so it is asked who it is. */
    private static void verify(RedisConnection engine, String server) {
        List<?> told = Replies.list(engine.call("CONFIG", "GET", "replica-announce-*"));
        String host = "";
        String port = "";
        for (int i = 0; i + 1 < told.size(); i += 2) {
            switch (Replies.text(told.get(i))) {
                case "replica-announce-ip" -> host = Replies.text(told.get(i + 1));
                case "replica-announce-port" -> port = Replies.text(told.get(i + 1));
                default -> {
                    // not about its name
                }
            }
        }
        if (!host.isEmpty() && !server.equals((host.contains(":") ? "[" + host + "]" : host) + ":" + port)) {
            throw new CodisException(
                    Reason.FOREIGN_SERVER, "at the address of server " + server + " answers " + host + ":" + port);
        }
    }
}
