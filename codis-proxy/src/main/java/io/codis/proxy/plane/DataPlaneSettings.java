package io.codis.proxy.plane;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a {@link DataPlane} is opened with. A duration of zero means "never" unless said otherwise. Keys in quotes are those
 * of the configuration file.
 *
 * @param listen port 0 takes a free one
 * @param sessionAuth password of the clients, empty for none; several, one in a line, are all accepted
 * @param productAuth password for the user {@code default} of engines, used only with {@link DataPlane#fillSlots}; empty
 *     for none
 * @param loops event loops, at least 1
 * @param databases how many SELECT accepts, "backend_number_databases"
 * @param hold how long a request waits for a locked slot or a lost master before it gets an error; not zero
 */
public record DataPlaneSettings(
        InetSocketAddress listen,
        String sessionAuth,
        String productAuth,
        int loops,
        int databases,
        Duration hold,
        Clients clients,
        Backends backends) {

    /**
     * @param max connections at once, "proxy_max_clients"
     * @param idle a client that sends nothing for so long is closed, "session_recv_timeout"
     * @param send a client that takes nothing for so long is closed, "session_send_timeout"
     * @param pipeline unanswered requests before its reading stops, "session_max_pipeline"
     * @param keepalive TCP keepalive is on, "session_keepalive_period" is not zero
     * @param breakOnFailure the first failure of the proxy ends the connection, "session_break_on_failure"
     */
    public record Clients(
            int max, Duration idle, Duration send, int pipeline, boolean keepalive, boolean breakOnFailure) {

        public static final Clients DEFAULT =
                new Clients(1000, Duration.ofMinutes(30), Duration.ofSeconds(30), 10000, true, false);
    }

    /**
     * @param ping an idle connection is probed so often, "backend_ping_period", at least 1 s
     * @param receive a connection that owes a reply for so long is given up, "backend_recv_timeout"
     * @param pipeline requests in flight per connection, "backend_max_pipeline"
     * @param parallel connections per master, database and loop, "backend_primary_parallel", at least 1
     * @param primaryOnly replicas never serve reads, "backend_primary_only"
     * @param safeWrites a write's reply waits for every candidate, "safe_writes" (safety rule 16)
     */
    public record Backends(
            Duration ping, Duration receive, int pipeline, int parallel, boolean primaryOnly, boolean safeWrites) {

        public static final Backends DEFAULT =
                new Backends(Duration.ofSeconds(5), Duration.ofSeconds(30), 20480, 1, false, false);
    }

    /** Everything as the configuration file's defaults say, one loop, held requests wait 5 s. */
    public static DataPlaneSettings defaults(InetSocketAddress listen) {
        return new DataPlaneSettings(listen, "", "", 1, 16, Duration.ofSeconds(5), Clients.DEFAULT, Backends.DEFAULT);
    }

    /** Never shows a password. */
    @Override
    public String toString() {
        return "DataPlaneSettings[listen=" + listen + ", loops=" + loops + ", databases=" + databases + ", hold=" + hold
                + ", clients=" + clients + ", backends=" + backends + "]";
    }
}
