package io.codis.dashboard.server;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.rebuild.Survivor;
import io.codis.core.topology.TopologyDocument;
import io.codis.core.wire.RoleOrder;
import io.codis.core.wire.ServerState;
import io.codis.infra.http.ApiClient;
import io.codis.infra.secret.ClusterSecret;
import java.time.Duration;

/**
 * Calls the launchers of storage servers; see docs/architecture.md, "The launcher". Safe for any number of threads.
 *
 * <p>Servers are named by the engine's {@code host:port}; the launcher listens 10000 above. Nothing is retried; errors are
 * those of {@link ApiClient}, with the launcher's own reasons such as {@code STALE_EPOCH} passed on.
 */
public final class LauncherClient implements AutoCloseable {

    /** Distance of the launcher's port from the engine's. */
    public static final int PORT_OFFSET = 10000;

    private final ApiClient client;

    private LauncherClient(ApiClient client) {
        this.client = client;
    }

    /** A client whose calls end within {@code deadline}. */
    public static LauncherClient create(ClusterSecret secret, Duration deadline) {
        return new LauncherClient(ApiClient.create(deadline, secret.derive("api")));
    }

    /** The same connections with another deadline per call. Close only one of them. */
    public LauncherClient within(Duration otherDeadline) {
        return new LauncherClient(client.within(otherDeadline));
    }

    /** What the launcher says of itself and its engine. */
    public ServerState state(String server) {
        return client.get(url(server, "state"), ServerState.class);
    }

    /** Makes {@code ctl-<leaderEpoch>} the only control login of the engine. */
    public ServerState control(String server, long leaderEpoch) {
        return client.put(url(server, "control/" + leaderEpoch), ServerState.class);
    }

    /** Asks for the promise "at least {@code epoch}, detached from older masters". */
    public ServerState promise(String server, long leaderEpoch, long epoch) {
        return client.put(url(server, "promise/" + leaderEpoch + "/" + epoch), ServerState.class);
    }

    /** Gives a role. */
    public ServerState role(String server, RoleOrder order) {
        return client.putJson(url(server, "role"), order, ServerState.class);
    }

    /** Confirms a master until a lease's length after {@code clock}, the launcher's own time in a state seen before. */
    public ServerState lease(String server, long leaderEpoch, long epoch, long clock) {
        return client.put(url(server, "lease/" + leaderEpoch + "/" + epoch + "/" + clock), ServerState.class);
    }

    /** Makes the engine a replica of nowhere, or kills it. */
    public ServerState fence(String server, long leaderEpoch) {
        return client.put(url(server, "fence/" + leaderEpoch), ServerState.class);
    }

    /** Has a fenced server forget its data and identity. */
    public ServerState wipe(String server, long leaderEpoch) {
        return client.put(url(server, "wipe/" + leaderEpoch), ServerState.class);
    }

    /** Has the server write the cluster's map to its volume; on disk when it returns. */
    public void map(String server, long leaderEpoch, TopologyDocument map) {
        client.putJson(url(server, "map/" + leaderEpoch), map);
    }

    /** What the server's volume says of it. */
    public Survivor identity(String server) {
        return client.get(url(server, "identity"), Survivor.class);
    }

    /** {@code host:port} of the launcher of a server. */
    public static String launcherAddress(String server) {
        int colon = server.lastIndexOf(':');
        try {
            return server.substring(0, colon) + ":" + (Integer.parseInt(server.substring(colon + 1)) + PORT_OFFSET);
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "server address \"" + server + "\" is not host:port", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private static String url(String server, String what) {
        // whoever has got the address of a server that is gone refuses what was not meant for it
        return "http://" + launcherAddress(server) + "/api/server/" + what + "?to=" + server;
    }
}
